# The session ends, and then the download.
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
< +WDSI: 18,40
< +WDSI: 8
state suspended
< +WDSI: 11,1
state idle
outcome failed transfer-error
