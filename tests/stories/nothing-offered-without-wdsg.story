# The server opens a session and offers nothing: the module is asked before the job is given up.
answer AT+WDSG = ERROR
start
wait 5s
order update
> AT+WDSS=1,1
< OK
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
< +WDSI: 23,1
wait 9min
> AT+WDSR=2,1
< ERROR
state connected
wait 11min
outcome failed no-package
