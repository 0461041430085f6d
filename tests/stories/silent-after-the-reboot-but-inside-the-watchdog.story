# A module that needs four minutes after the reboot is no failure: the watchdog has 15.
policy download accept
policy install accept
start
wait 5s
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
> AT+WDSR=4
< OK
< +WDSI: 14
answer AT = x
answer ATE0 = x
< +WDSI: 0
wait 4min
answer AT = OK
answer ATE0 = OK
answer AT+CGMR = THL7800.1.6.3.0.99.20180803|OK
< +WDSI: 16
wait 5min
no-event unsanctioned-change
outcome succeeded
