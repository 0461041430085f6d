# The same over TCP only: when the window opens, fotad starts what it refused.
family telit
set protocol tcp
set server_address 203.0.113.5
policy download accept
policy install accept 03:00-05:00
start
wait 10min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=0
< OK
wait 2h 48min
count 0 AT#OTAIPUPD
# 03:00: first it registers, which passes the same policy
> AT#OTASNAIP=9090,"203.0.113.5"
< OK
quiet 20s
< #OTAEV: Registered
> AT#OTAIPCFG=9090,"203.0.113.5"
< OK
> AT#OTAIPUPD
< OK
state connecting
