# Until it begins the module is up: a session that is ordered meanwhile would fall into it and waits, and so does the reboot of the other one.
modules 2
policy reboot accept
answer AT+WDSR=6 = OK
module 1
policy reboot accept
answer AT+WDSR=6 = OK
start
wait 5s
< +WDSI: 0
module 0
< +WDSI: 0
wait 1s
< +WDSI: 24
order connect
module 1
< +WDSI: 24
wait 10s
count 0 AT+WDSR=6
module 0
count 0 AT+WDSS=1,1
< +WDSI: 0
> AT+WDSS=1,1
< OK
module 1
count 1 AT+WDSR=6
