# The module never took the grant, as it seems, and asks for nothing when it is asked: it is as before, and the job is over.
policy download accept
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
> AT+WDSR=4
quiet 14min
state installing
> AT+WDSR=5,1
< ERROR
wait 5min
outcome failed install-timeout
