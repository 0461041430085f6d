answer AT+WDSC? = +WDSC: 0,1|+WDSC: 1,1|+WDSC: 2,1|OK
policy connect accept 00:00-23:00
start
wait 5s
< +WDSI: 1
> AT+WDSR=1
< OK
< +WDSI: 1
quiet 20s
count 1 AT+WDSR=1
