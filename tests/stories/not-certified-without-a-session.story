# The check fails after the session is over.
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
< +WDSI: 10
state verifying
< +WDSI: 8
< +WDSI: 13
state idle
outcome failed package-not-certified
