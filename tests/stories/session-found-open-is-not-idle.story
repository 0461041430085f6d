# A session that the module opened while it was looked at has just begun: it is not closed for the idle hours before.
answer AT+WDSS? = +WDSS: 1,0|+WDSS: 2,1|OK
start
wait 2h
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
< +WDSI: 0
wait 1min
state connected
wait 8min
count 0 AT+WDSS=1,0
