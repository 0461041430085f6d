# The SIM PIN is for the module that is configured: whatever else is plugged in never sees it.
set imei 354000000000000
set pin 1234
answer AT+CPIN? = +CPIN: SIM PIN|OK
start
wait 5s
state blocked
event module-blocked reason=wrong-module
quiet 30min
