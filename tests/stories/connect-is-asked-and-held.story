# Policy asks before a connection: the module's own agreement is armed too, and its request waits for a person.
policy connect ask
answer AT+WDSC=0,1 = OK
start
wait 5s
count 1 AT+WDSC=0,1
< +WDSI: 1
event agreement-requested action=connect
quiet 10min
order accept connect
> AT+WDSR=1
< OK
< +WDSI: 4
state connecting
