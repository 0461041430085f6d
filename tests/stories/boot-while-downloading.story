# The module restarts in its download, and once more: each time the session is gone, and the download goes on with the next.
policy download accept
policy install accept
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
< +WDSI: 18
< +WDSI: 18,20
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
< +WDSI: 0
wait 5s
state downloading
< +WDSI: 0
state suspended
event download-suspended
< +WDSI: 23,1
< +WDSI: 18,30
state downloading
< +KSUP: 0
state suspended
event download-suspended
