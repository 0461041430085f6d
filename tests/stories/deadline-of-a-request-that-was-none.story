# A doubled line is taken for a request, and its yes is refused. What is offered after that is another package: it waits for a person as long as
# any other, and is not forced because nobody answered the one that was none.
policy download ask deadline=30min on_deadline=force
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,0|OK
set session always
start
wait 1s
< +WDSI: 6
< +WDSI: 23,1
wait 5s
state connected
< +WDSI: 9,24893
< +WDSI: 2
wait 30min
> AT+WDSR=3
< OK
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,1|OK
< +WDSI: 11, 0
< +WDSI: 2
state download-pending
wait 30min
> AT+WDSR=3
< +CME ERROR: 3
state download-pending
wait 20min
< +WDSI: 9,40027
< +WDSI: 2
wait 29min
state download-pending
count 2 AT+WDSR=3
wait 1min
> AT+WDSR=3
< OK
state downloading
