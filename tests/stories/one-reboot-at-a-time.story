# concurrent_installs is 1, and a reboot takes a place as an install does: the second module waits until the first one is back, also when fotad is
# killed meanwhile and can't know whether it has begun.
modules 2
policy reboot accept
answer AT+WDSR=6 = OK
module 1
policy reboot accept
answer AT+WDSR=6 = OK
start
wait 5s
< +WDSI: 0
module 0
< +WDSI: 0
wait 1s
< +WDSI: 24
count 1 AT+WDSR=6
module 1
< +WDSI: 24
event policy-waiting action=reboot because=1 of 1 modules that may be down at a time: modem0 rule=concurrent
wait 10s
count 0 AT+WDSR=6
module 0
< +WDSI: 0
event module-restarted
wait 1s
module 1
event agreement-accepted action=reboot by=policy
count 1 AT+WDSR=6
module 0
< +WDSI: 24
event policy-waiting action=reboot because=1 of 1 modules that may be down at a time: modem1 rule=concurrent
wait 10s
crash
wait 10s
< +WDSI: 24
wait 2min
count 1 AT+WDSR=6
# it is not waited for any longer
wait 40s
count 2 AT+WDSR=6
