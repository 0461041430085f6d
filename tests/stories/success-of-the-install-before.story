# The success of one install is heard when the next has just been granted: it is none of that one, whose module is left alone while it flashes.
policy download accept
policy install accept
start
wait 5s
< +WDSI: 3
> AT+WDSR=4
< OK
< +WDSI: 14
wait 2min
answer AT+CGMR = BHL7800.4.4.14.0|OK
< +KSUP: 0
wait 20s
event install-succeeded
< +WDSI: 3
> AT+WDSR=4
< OK
wait 4s
< +WDSI: 16
wait 10s
state installing
< +WDSI: 14
wait 2min
answer AT+CGMR = BHL7800.4.7.1.0|OK
< +WDSI: 16
wait 1min
count 2 AT+WDSR=4
outcome succeeded
