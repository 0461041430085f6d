set imei 354000000000000
start
wait 5s
state blocked
event module-blocked reason=wrong-module
quiet 30min
