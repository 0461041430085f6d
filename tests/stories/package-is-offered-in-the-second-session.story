# The server closes the first session of an update with nothing in it, and has the package in the second.
policy download accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
wait 90s
< +WDSI: 8
wait 61s
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
outcome none
