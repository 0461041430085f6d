# Sessions may be opened from 00:00 to 01:00 only, and last the day. At 00:40 there is time to open it again, at 01:20 not: it is
# renewed when the window opens next.
policy connect accept 00:00-01:00
answer AT+WDSC=0,1 = OK
set session always
set renew 40min
start
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
quiet 39min
wait 65s
> AT+WDSS=1,0
< OK
< +WDSI: 8
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
quiet 23h 18min
state connected
wait 65s
> AT+WDSS=1,0
< OK
< +WDSI: 8
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
quiet 39min
state connected
