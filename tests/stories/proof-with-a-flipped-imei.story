# One digit of the IMEI flips on the line at the proof of a good install: it is no other module.
policy download accept
policy install accept
start
wait 5s
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 10
< +WDSI: 12
< +WDSI: 3
> AT+WDSR=4
< OK
< +WDSI: 14
wait 3min
answer AT+CGMR = HL7800.4.7.1|OK
once AT+CGSN = 351732099999999|OK
< +KSUP: 0
wait 10s
event install-succeeded to=HL7800.4.7.1
outcome succeeded
no-event module-blocked
