# The module never took the grant (its line was lost) and is silent. After the watchdog it is asked whether it still waits: the same
# job goes on, and a second AT+WDSR=4 answers the request that it makes anew.

policy download accept
policy install accept
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
quiet 14min
state installing
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,3|OK
> AT+WDSR=5,1
outcome none
< OK
state install-pending
wait 1min
< +WDSI: 3
> AT+WDSR=4
< OK
state installing
count 2 AT+WDSR=4
