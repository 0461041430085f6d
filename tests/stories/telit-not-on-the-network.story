# No network, no update; looked at when the module asks.
family telit
policy download accept
policy install accept
start
wait 1min
answer AT+CREG? = +CREG: 0,2|OK
< #OTAEV: Do you want to upgrade the firmware?
event policy-waiting because=missing: the network
> AT#OTASUAN=0
< OK
