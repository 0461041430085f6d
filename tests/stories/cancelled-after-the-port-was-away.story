# The port is away for a moment in the download, the update is given up after that, and the module goes on by itself: it is not installed today.
policy download accept
policy install accept
answer AT+WDSR=5,30 = OK
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,100000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,1|OK
port lost
wait 10s
port back
wait 10s
state connected
order cancel
outcome failed cancelled
> AT+WDSS=1,0
< OK
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 8
< +WDSI: 3
wait 1min
state install-pending
count 0 AT+WDSR=4
