# Suspended by a person who then gives it up: nothing is suspended any more.
policy download accept
policy install ask
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,40000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,20
order disconnect
> AT+WDSS=1,0
< OK
< +WDSI: 8
state suspended
order cancel
outcome failed cancelled
state idle
order resume refused
