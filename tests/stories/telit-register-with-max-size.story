# A limit of the size of packages holds updates, whose size the module never tells, and not the registration.
family telit
set protocol tcp
set server_address 203.0.113.5
policy download accept max_size=100000
policy install accept max_size=100000
start
> AT#OTASNAIP=9090,"203.0.113.5"
< OK
< #OTAEV: Registered
event registered
order update
wait 1min
state install-pending
count 0 AT#OTAIPUPD
