# An indication falls between the version and its OK: it is no version, and the failed install no success.
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
answer AT+CGMR = BHL7800.1.6.3.0.20180803|+PBREADY|OK
< +KSUP: 0
wait 5s
no-event install-succeeded
< +WDSI: 0
< +WDSI: 15
wait 1min
event install-failed
outcome failed update-failed
no-event install-succeeded
no-event unsanctioned-change
