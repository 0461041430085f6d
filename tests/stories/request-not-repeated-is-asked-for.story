# A firmware without AT+WDSG: a request that is not repeated is asked for with the question that harms nothing.
answer AT+WDSG = ERROR
policy download ask
policy install ask
start
wait 5s
< +WDSI: 3
state install-pending
wait 34min
count 0 AT+WDSR=5,1
> AT+WDSR=5,1
< OK
wait 5s
state install-pending
wait 69min
count 1 AT+WDSR=5,1
> AT+WDSR=5,1
< ERROR
wait 5s
state idle
outcome failed cancelled
< +WDSI: 9,1464
< +WDSI: 2
state download-pending
wait 34min
> AT+WDSR=2,1
< ERROR
wait 5s
state idle
outcome failed cancelled
