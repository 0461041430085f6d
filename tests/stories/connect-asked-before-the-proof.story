# fotad went down in an install. The module asks for a session, so it is up; it still runs the old version, and nothing proves yet that the
# install is over. Its question is put off until that is settled, and not left without an answer.
policy connect ask
policy install accept
answer AT+WDSC=0,1 = OK
start
wait 5s
< +WDSI: 3
> AT+WDSR=4
< OK
crash
wait 2min
< +WDSI: 1
> AT+WDSR=0,2
< OK
state confirming
event agreement-deferred action=connect
