# The end of a download is not heard, and the server has the next package. It is larger than what is thought to be left of
# the first one: a person's yes was not for it.
policy download ask
policy install ask
start
wait 1min
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,6065
< +WDSI: 2
wait 10s
order accept download
> AT+WDSR=3
< OK
< +WDSI: 18,10
< +WDSI: 18,76
wait 1min
< +WDSI: 9,7796
wait 26min
< +WDSI: 2
wait 1min
state download-pending
next your answer
count 1 AT+WDSR=3
