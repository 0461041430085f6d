# ask, and nobody answers: two hours after the module first asked policy says yes itself, though the module has asked again and again since.
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
event policy-waiting action=install
quiet 30min
< +WDSI: 3
quiet 30min
< +WDSI: 3
quiet 30min
< +WDSI: 3
quiet 29min
wait 1min
> AT+WDSR=4
event agreement-accepted action=install by=policy
< OK
