# The network was away when the module was read, and is back before a window into which it just fits: the update goes into it.
family telit
set protocol tcp
set server_address 203.0.113.5
policy download accept
policy install accept 03:00-03:16
start
wait 10min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=0
< OK
answer AT+CREG? = +CREG: 0,2|OK
wait 2h 38min
explain install hold prerequisite: install: missing: the network
answer AT+CREG? = +CREG: 0,1|OK
wait 10min
count 0 AT#OTAIPUPD
> AT#OTASNAIP=9090,"203.0.113.5"
< OK
quiet 20s
< #OTAEV: Registered
> AT#OTAIPCFG=9090,"203.0.113.5"
< OK
> AT#OTAIPUPD
< OK
state connecting
