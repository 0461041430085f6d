# fotad dies after the intent of a grant was written and before anything was heard of it. Nothing is said to the module, which may be flashing; after the
# watchdog it is asked whether it still waits, and then asked again it is granted, once.
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
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
> AT+WDSR=4
crash
state installing
quiet 14min
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,3|OK
> AT+WDSR=5,1
< OK
state install-pending
wait 1min
< +WDSI: 3
> AT+WDSR=4
< OK
state installing
