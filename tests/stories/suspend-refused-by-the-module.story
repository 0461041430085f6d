# ERROR to AT+WDSS=1,0, and the module downloads on: it is told again.
policy download accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,400000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
order suspend
> AT+WDSS=1,0
< ERROR
wait 9min
> AT+WDSS=1,0
