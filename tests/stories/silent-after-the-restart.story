# The module restarts and does not answer: its version is asked for again and again until it does.
policy download accept
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
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
> AT+WDSR=4
< OK
< +WDSI: 14
wait 2min
answer AT = |
< +KSUP: 0
state restarting
wait 4min
state confirming
wait 3min
answer AT = OK
answer AT+CGMR = THL7800.1.6.3.0.99.20180803|OK
wait 5min
outcome succeeded
