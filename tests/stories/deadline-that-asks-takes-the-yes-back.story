# Monday 00:00; policy would accept at 02:00, but from the deadline on a person has to; his yes waits for the window.
policy download accept
policy install accept deadline=1h on_deadline=ask Mon 02:00-07:00
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
quiet 31min
next your answer: fotactl accept modem0 install
< +WDSI: 3
quiet 30min
< +WDSI: 3
order accept install
quiet 27min
wait 2min
> AT+WDSR=4
event agreement-accepted action=install by=story (uid 0)
< OK
