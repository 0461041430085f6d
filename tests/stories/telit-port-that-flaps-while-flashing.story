# Its port comes and goes while it should flash: that is believed for an hour.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
< #OTAEV: Fw Download Complete
wait 10min
port lost
wait 1min
port back
wait 10min
port lost
wait 1min
port back
wait 10min
port lost
wait 1min
port back
wait 10min
port lost
wait 1min
port back
wait 10min
port lost
wait 1min
port back
wait 10min
port lost
wait 1min
port back
wait 10min
outcome failed install-timeout
