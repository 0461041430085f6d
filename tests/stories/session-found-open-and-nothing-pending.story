# The status says that a package waits, the module denies it when asked: the session is all there is.
set session always
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
start
wait 5s
state connected
answer AT+WDSG = +WDSG: 0,1|+WDSG: 1,2|OK
< +KSUP: 0
> AT+WDSR=2,1
< ERROR
state connected
