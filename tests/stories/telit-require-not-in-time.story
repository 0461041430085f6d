# The module roams: the request is refused before it is over, and remembered until the module is at home.
family telit
policy download accept roaming=false
policy install accept
answer AT+CREG? = +CREG: 0,5|OK
start
wait 1h
< #OTAEV: Do you want to upgrade the firmware?
event policy-waiting because=not known: the radio is read
quiet 40s
> AT#OTASUAN=0
< OK
event agreement-deferred action=install answer=refused
wait 10min
next install: roaming
answer AT+CREG? = +CREG: 0,1|OK
wait 2min
event reissue-wanted
