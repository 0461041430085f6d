# A session that is due to be renewed half a minute before the window of connect closes: its end may be told too late to open it
# again. It is renewed when the window opens next.
policy connect accept 00:00-01:00
answer AT+WDSC=0,1 = OK
set session always
set renew 59min 30s
start
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
quiet 23h 59min
state connected
wait 1min
> AT+WDSS=1,0
< OK
< +WDSI: 8
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
state connected
