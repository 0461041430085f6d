# The module takes its yes and boots by itself, the yes gone with it: it asks again, soon, and is answered again.
policy download accept
policy install ask
start
wait 5s
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 10
< +WDSI: 3
wait 26min
order accept install
> AT+WDSR=4
< OK
wait 4s
< +KSUP: 0
wait 8s
< +WDSI: 3
> AT+WDSR=4
< OK
< +WDSI: 14
wait 2min
answer AT+CGMR = BHL7800.4.4.14.0|OK
< +WDSI: 16
wait 1min
outcome succeeded
count 2 AT+WDSR=4
