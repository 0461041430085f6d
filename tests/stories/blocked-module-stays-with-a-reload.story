# A reload that changes nothing about what blocks the module is no news.
answer AT+CPIN? = +CPIN: SIM PIN|OK
start
wait 10s
state blocked
event module-blocked
reload
wait 1min
state blocked
no-more module-blocked
