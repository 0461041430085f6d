# Note 2.2.3.2: the module loses power while it flashes and goes on where it was at its next start, all alone.
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
wait 300s
port lost
event module-gone
state installing
wait 5min
port back
quiet 7min
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Module Upgraded To New FW
wait 5s
outcome succeeded
