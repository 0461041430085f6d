# Giving up an update puts the update off for a day, not the registration that a person orders.
family telit
set protocol tcp
set server_address 203.0.113.5
policy download accept
policy install ask
start
wait 1min
order update
order cancel
order register
> AT#OTASNAIP=9090,"203.0.113.5"
< OK
< #OTAEV: Registered
event registered
