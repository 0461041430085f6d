# fotad is about to start an update, and one is at its end already: what was still to be said is not said to a module that flashes.
family telit
set protocol tcp
set server_address 203.0.113.5
policy download accept
policy install accept
start
> AT#OTASNAIP=9090,"203.0.113.5"
< OK
< #OTAEV: Registered
wait 1min
order update
> AT#OTAIPCFG=9090,"203.0.113.5"
< #OTAEV: Fw Download Complete
< OK
quiet 8min
state installing
count 0 AT#OTAIPUPD
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Module Upgraded To New FW
wait 5s
outcome succeeded
