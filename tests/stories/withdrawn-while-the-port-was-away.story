# An install waits for a person; the port is away for 50 minutes, and the request is gone when it is back: the session is opened again.
policy download accept
policy install ask
set session always
start
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,100000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
state install-pending
port lost
answer AT+WDSS? = +WDSS: 1,0|+WDSS: 2,1|OK
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,0|OK
wait 50min
port back
wait 1s
event download-failed reason=cancelled
wait 1min
> AT+WDSS=1,1
< OK
