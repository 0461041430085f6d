# A request soon before its deadline is held until then: a deferral of a minute would outlast it.
policy install defer deadline=31min
start
wait 5s
< +WDSI: 3
> AT+WDSR=5,30
< OK
wait 30min 30s
< +WDSI: 3
quiet 20s
state install-pending
wait 15s
count 1 AT+WDSR=4
