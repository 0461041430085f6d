# Nobody tells to which version an update over the air leads: one that policy denies is seen when it runs, and told once.
policy download accept
policy install accept
versions to deny 4.6.8.*
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
> AT+WDSR=4
< OK
< +WDSI: 14
answer AT+CGMR = BHL7800.4.6.8.0|OK
wait 2min
< +WDSI: 0
wait 30s
< +WDSI: 16
wait 30s
event install-succeeded
event firmware-denied to=BHL7800.4.6.8.0 because=4.6.8.*
crash
wait 1min
no-more firmware-denied
