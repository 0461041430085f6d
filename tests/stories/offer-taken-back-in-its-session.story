# The server offers a package and takes it back, and the session stays open: the job ends within hours.
policy download accept
start
wait 5s
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,100000
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
wait 1h
outcome none
wait 2h
outcome failed cancelled
event download-failed reason=cancelled
# the session is closed as one that nobody needs
wait 15min
> AT+WDSS=1,0
