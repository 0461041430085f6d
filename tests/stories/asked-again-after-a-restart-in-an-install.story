# fotad is killed with its yes to an install unsaid or lost, and keeps silent when it is back. The module asks again: it is
# looked at, and decided on, within 45 seconds.
policy download accept
policy install accept
start
wait 1min
< +WDSI: 3
> AT+WDSR=4
crash
state installing
policy install ask
reload
wait 3min
< +WDSI: 3
wait 44s
state install-pending
next your answer
