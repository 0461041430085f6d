# The port goes and somebody else opens it in the middle of an update that goes on by itself: the job waits for it.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
port lost
event module-gone
state downloading
port refused
event port-busy holder=ModemManager
state downloading
wait 1min
port back
quiet 1min
state downloading
< #OTAEV: Fw Download Complete
state installing
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Module Upgraded To New FW
wait 5s
outcome succeeded
