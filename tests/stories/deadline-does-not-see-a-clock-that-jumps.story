# The gateway's clock is set right by three months while a request waits: nothing is over because of that. What has passed before a
# restart of fotad, or of the gateway, counts.
policy download accept
policy install ask deadline=2h
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
quiet 30min
< +WDSI: 3
clock ahead 90d
quiet 29min
crash
wait 1min
< +WDSI: 3
wait 29min
quiet
reboot
< +WDSI: 3
wait 28min
quiet
wait 2min
> AT+WDSR=4
event agreement-accepted action=install by=policy
< OK
