# fotad is down while a download fails, and hears the question for the next package before its offer: that was no doubled line, and the module
# is asked whether it waits for an answer.
policy download accept
set session always
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,0|OK
start
wait 5s
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,31493
< +WDSI: 2
> AT+WDSR=3
< OK
crash
wait 3s
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,2|OK
< +WDSI: 2
< +WDSI: 9,37176
> AT+WDSR=2,1
< OK
state download-pending
wait 1min
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18,50
state downloading
