# A widely read manual calls AT+WDSC=3,1 and 4,1 agreements; they are polling every minute and one retry timer of a minute.
start
wait 5s
state idle
crash
answer AT+WDSC? = +WDSC: 0,0|+WDSC: 1,1|+WDSC: 2,1|+WDSC: 3,1|+WDSC: 4,1,0,0,0,0,0,0,0|+WDSC: 5,1|+WDSC: 6,1|OK
wait 1s
> AT+WDSC=3,0
< OK
event consent-drift polling every 1 min
state idle
