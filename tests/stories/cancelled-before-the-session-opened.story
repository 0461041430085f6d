# Given up while its session is being opened, which then never opens: nothing is put off, and the next package is that of the next session.
policy download accept
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
state connecting
order cancel
outcome failed cancelled
> AT+WDSS=1,0
< OK
< +WDSI: 8
state idle
quiet 1h
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
