# The module should have tried again after 15 minutes and did not: two minutes later fotad does. A person need not wait.
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 7
state idle
quiet 16min
wait 70s
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 7
quiet 10min
order connect
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
state connected
