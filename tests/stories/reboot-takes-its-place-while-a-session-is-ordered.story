# Until it begins the module is up and takes orders: it is about to reboot all the same, and the other one waits.
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
> AT+WDSS=1,1
< OK
module 1
< +WDSI: 24
wait 10s
count 0 AT+WDSR=6
module 0
< +WDSI: 0
wait 1s
module 1
count 1 AT+WDSR=6
