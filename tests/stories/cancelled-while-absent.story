# A package is in the module and being checked; the update is given up just while the port is away: it is not installed today.
policy download accept
policy install accept
answer AT+WDSR=5,30 = OK
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,100000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 10
state verifying
port lost
state absent
order cancel
outcome failed cancelled
wait 30s
port back
wait 30s
< +WDSI: 12
< +WDSI: 3
wait 1min
state install-pending
count 0 AT+WDSR=4
explain install defer deferral: deferred until
wait 24h
< +WDSI: 3
> AT+WDSR=4
< OK
