# The module's first retry would be in 14 days, but it restarts: fotad tries.
set session always
answer AT+WDSC? = +WDSC: 0,0|+WDSC: 1,1|+WDSC: 2,1|+WDSC: 3,0|+WDSC: 4,20160,0,0,0,0,0,0,0|+WDSC: 5,1|OK
start
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 8
wait 1min
< +WDSI: 0
wait 1min
< +WDSI: 0
wait 2d
> AT+WDSS=1,1
