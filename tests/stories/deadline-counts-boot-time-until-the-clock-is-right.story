# The request comes while the clock is wrong, and later it is set right by more than a year: the two hours are two hours of boot time, and
# a restart of fotad in between changes nothing.
policy download accept
policy install ask deadline=2h
start
wait 5s
event module-identified
clock back 400d
crash
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
quiet 29min
crash
wait 1min
< +WDSI: 3
quiet 20min
clock ahead 400d
quiet 10min
< +WDSI: 3
quiet 28min
wait 2min
> AT+WDSR=4
event agreement-accepted action=install by=policy
< OK
