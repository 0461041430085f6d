# Given up in the middle of a download: the session is closed, and what was begun stays as it is until somebody orders an update.
policy download accept
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,400000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,40
order cancel
outcome failed cancelled
> AT+WDSS=1,0
< OK
< +WDSI: 8
wait 1h
state idle
order resume refused
quiet 8d
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,240000
< +WDSI: 2
> AT+WDSR=3
