# One digit of the version flips on the line at the first look after an install that failed. Another version
# counts when it was told twice.
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
once AT+CGMR = BHL7800.1.6.7.0.20180803|OK
< +KSUP: 0
wait 5s
no-event install-succeeded
< +WDSI: 0
< +WDSI: 15
wait 2min
event install-failed
outcome failed update-failed
no-event install-succeeded
no-event unsanctioned-change
