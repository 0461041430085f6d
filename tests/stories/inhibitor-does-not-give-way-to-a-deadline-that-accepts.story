# on_deadline: accept stands in for the person, and for nothing else.
policy install ask deadline=40min on_deadline=accept
start
wait 5s
inhibit backup install
< +WDSI: 3
quiet 30min
< +WDSI: 3
quiet 30min
release backup
event agreement-accepted action=install by=policy
> AT+WDSR=4
< OK
