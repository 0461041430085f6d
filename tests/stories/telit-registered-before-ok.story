# The server is faster than the module's OK: registered is registered, also ten minutes later.
family telit
set server_number +393491234567
policy download accept
policy install ask
start
> AT#OTASNAP="+393491234567"
< #OTAEV: Registered
< OK
event registered
quiet 1h
no-event module-blocked
# by hand once more, and no answer: that is not what it was
order register
> AT#OTASNAP="+393491234567"
< OK
wait 11min
event module-blocked reason=registration-failed
