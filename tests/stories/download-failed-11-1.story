# Event 11: the package could not be stored ("11, 2" with a blank was seen in the field; the number may be missing).
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
< +WDSI: 18,40
< +WDSI: 11,1
event download-failed reason=transfer-error
outcome failed transfer-error
state connected
