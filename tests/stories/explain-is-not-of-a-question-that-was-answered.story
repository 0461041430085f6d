# The module's question for a session has its yes, and the session is open: it asks for nothing, and somebody who looks while the
# server thinks wants to know of the install.
policy connect ask
answer AT+WDSC=0,1 = OK
start
wait 5s
< +WDSI: 1
wait 1s
explain connect hold decision: ask: waiting for a person; needs a person's yes
order accept connect
> AT+WDSR=1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
wait 10s
state connected
explain install hold decision: ask: waiting for a person; needs a person's yes
