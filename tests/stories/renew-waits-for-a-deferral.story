# The same with a deferral of connect: its end is when the session is renewed.
set session always
set renew 25min
start
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
wait 10min
order defer connect 20h
quiet 19h 59min
state connected
wait 2min
> AT+WDSS=1,0
< OK
< +WDSI: 8
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
state connected
quiet 24min
