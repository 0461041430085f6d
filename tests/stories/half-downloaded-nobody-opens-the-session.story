policy download accept
policy install accept
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
< +WDSI: 18,40
port lost
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,2|OK
answer AT+WDSR=2,1 = +CME ERROR: 3
wait 1min
port back
wait 3d
> AT+WDSS=1,1
