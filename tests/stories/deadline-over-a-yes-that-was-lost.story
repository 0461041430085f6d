# A yes that was lost with fotad moves no deadline: it is said again when the module asks again.
policy download accept
policy install ask deadline=1h
start
wait 5s
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
wait 30min
< +WDSI: 3
wait 30min
> AT+WDSR=4
crash
state installing
wait 5min
< +WDSI: 3
> AT+WDSR=4
< OK
state installing
