# The same with an order to update.
policy connect ask
answer AT+WDSC=0,1 = OK
start
wait 30s
< +WDSI: 1
wait 5min
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
state connected
