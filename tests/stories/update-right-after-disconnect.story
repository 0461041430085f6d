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
< +WDSI: 18,40
order disconnect
> AT+WDSS=1,0
order update
< OK
< +WDSI: 8
> AT+WDSS=1,1
