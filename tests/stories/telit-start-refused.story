# The module would not start the update that was ordered.
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
< OK
> AT#OTAIPUPD
< ERROR
state idle
outcome failed activation-failed
