# fotad dies after the intent of a yes to a download was written and before anything was heard of it. The module says that the package still
# waits with the server: it is asked whether it waits for an answer, without harm, and asked again it is granted.
policy download accept
policy install ask
start
wait 5s
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
crash
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,2|OK
state downloading
> AT+WDSR=2,1
< OK
state download-pending
wait 1min
< +WDSI: 2
> AT+WDSR=3
< OK
state downloading
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 10
< +WDSI: 3
state install-pending
count 2 AT+WDSR=3
