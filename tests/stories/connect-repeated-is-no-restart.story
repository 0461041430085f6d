# The module waits for an answer to its question for a session when its install is granted, and repeats it before it flashes: that is no
# restart, and nothing is sent to it.
policy connect ask
policy install accept
answer AT+WDSC=0,1 = OK
start
wait 5s
< +WDSI: 1
wait 20min
< +WDSI: 3
> AT+WDSR=4
< OK
wait 10s
< +WDSI: 1
quiet 1min
state installing
< +WDSI: 14
