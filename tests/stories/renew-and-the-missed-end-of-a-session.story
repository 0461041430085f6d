# +WDSI: 8 is lost in a renewal: the end of the session is found by asking, and a new one is opened.
set session always
set renew 25min
start
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
wait 25min
> AT+WDSS=1,0
< OK
answer AT+WDSS? = +WDSS: 1,0|+WDSS: 2,1|OK
wait 1d
> AT+WDSS=1,1
