# The server refuses the module in the middle: a download is suspended, a request stays a request.
policy download accept
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 7
state suspended
event download-suspended
< +WDSI: 23,1
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
policy install ask
reload
< +WDSI: 3
state install-pending
< +WDSI: 7
state install-pending
