# Session always: +WDSI: 8 is lost on the line. The status is looked at now and then, and a new session is opened.
# A module that restarts unheard in it is found the same way; one whose session is open is left in peace.
policy download accept
policy install accept
set session always
start
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
wait 30d
state connected
count 1 AT+WDSS=1,1
answer AT+WDSS? = +WDSS: 1,0|+WDSS: 2,1|OK
wait 6h
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
answer AT+WDSS? = +WDSS: 2,1|OK
wait 1d
state connected
answer AT+WDSS? = +WDSS: 1,0|+WDSS: 2,1|OK
wait 6h
> AT+WDSS=1,1
