# The module vanishes while it waits for an answer, for a day: its update is over, and comes anew when it asks again.
policy download accept
policy install ask Sat 02:00-04:00
answer AT+WDSR=5,30 = OK
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
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
wait 1s
port lost
wait 25h
outcome failed port-lost
port back
wait 30s
< +WDSI: 3
wait 1min
state install-pending
count 0 AT+WDSR=4
