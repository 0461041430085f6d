# on_deadline: force skips inhibitors, at the moment of the deadline; the lease itself stays.
policy install accept deadline=90min on_deadline=force
start
wait 5s
inhibit backup install
< +WDSI: 3
quiet 30min
< +WDSI: 3
quiet 30min
< +WDSI: 3
quiet 29min
wait 1min
event agreement-accepted action=install by=policy
> AT+WDSR=4
< OK
inhibitors 1
