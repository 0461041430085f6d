# The gateway loses power behind a yes, and fotad is killed after it: the boot time of that yes is of another boot. A question of later is
# a new one, and no line that crossed the yes.
policy connect accept Thu 04:45-20:45
policy download accept
policy install ask
answer AT+WDSC=0,1 = OK
start
wait 2h
< +WDSI: 9,29441
< +WDSI: 2
> AT+WDSR=3
< OK
wait 3s
< +WDSI: 8
state suspended
reboot
wait 1min
crash
wait 30min
< +WDSI: 0
< +WDSI: 9,29441
< +WDSI: 2
> AT+WDSR=3
< OK
count 2 AT+WDSR=3
state downloading
