# A gateway without a clock boots into last year: what waited before is known no better than its last row, what waits since is.
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
quiet 30min
clock back 400d
quiet 1min
reboot
< +WDSI: 3
quiet 30min
< +WDSI: 3
quiet 25min
clock ahead 400d
quiet 1min
> AT+WDSR=4
event agreement-accepted action=install by=policy
< OK
