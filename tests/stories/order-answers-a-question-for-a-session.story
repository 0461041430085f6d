# The module's question for a session waits for a person, who connects instead of saying yes: that is the answer.
policy connect ask
answer AT+WDSC=0,1 = OK
start
wait 30s
< +WDSI: 1
wait 5min
order connect
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
state connected
order accept connect refused
