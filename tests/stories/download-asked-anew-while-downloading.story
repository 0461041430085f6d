# Half an hour later the same question is a new one: it is answered once more.
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
wait 9min
< +WDSI: 18,10
wait 9min
< +WDSI: 18,20
wait 9min
< +WDSI: 2
> AT+WDSR=3
< OK
state downloading
