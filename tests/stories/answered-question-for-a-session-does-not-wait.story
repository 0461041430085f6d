# The module's question for a session was answered hours ago, and it restarts in that session: what fotad begins itself then has not waited since
# the question, and its deadline does not force it past the person who is to be asked.
policy connect ask deadline=6h on_deadline=force
set session always
answer AT+WDSC=0,1 = OK
start
wait 5s
< +WDSI: 1
order accept connect
> AT+WDSR=1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
state connected
wait 8h
< +WDSI: 0
wait 1min
state idle
count 0 AT+WDSS=1,1
