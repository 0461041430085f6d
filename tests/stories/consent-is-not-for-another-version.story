# A module that was updated by other hands meanwhile is not what the yes was for.
policy download accept
policy install ask 00:30-04:00
answer AT+WDSR=5,30 = OK
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
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
order accept install
port lost
answer AT+CGMR = HL7800.4.5.4.0|OK
wait 1min
port back
wait 1min
< +WDSI: 3
wait 1h
count 0 AT+WDSR=4
