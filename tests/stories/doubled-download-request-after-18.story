policy download accept
policy install accept
start
wait 5s
< +WDSI: 23,1
< +WDSI: 9,100000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 2
quiet 20s
state downloading
