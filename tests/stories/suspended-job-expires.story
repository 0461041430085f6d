# Suspended for so long that the job is given up: the module is reachable again.
policy download accept
set session always
start
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,400000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,40
order suspend
> AT+WDSS=1,0
< OK
< +WDSI: 8
state suspended
wait 8d
outcome failed transfer-error
wait 5min
> AT+WDSS=1,1
