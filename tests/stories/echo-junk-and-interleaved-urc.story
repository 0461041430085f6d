# A URC between a command and its reply, echo, control bytes in front of a line.
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
< AT+WDSR=3
< +WDSI: 18
< OK
< +WDSI: 18,100
state downloading
< +WDSI: 99,1
< +WDSI: 12
state verifying
