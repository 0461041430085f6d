# Monday 00:00; the window is on Sundays. The deadline comes first, and it forces.
policy download accept
policy install accept deadline=90min on_deadline=force Sun 02:00-04:00
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
> AT+WDSR=5,30
< OK
quiet 30min
< +WDSI: 3
> AT+WDSR=5,30
< OK
quiet 29min
wait 1min
< +WDSI: 3
quiet 29min
wait 1min
> AT+WDSR=4
event agreement-accepted action=install by=policy
< OK
