# The session is there and nothing comes any more.
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
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
wait 4h
state idle
outcome failed transfer-error
