# 8 comes before fotad knows the module.
answer AT+CGMI = |
start
> AT+CGMI
< +WDSI: 8
state starting
< Sierra Wireless
< OK
wait 10s
state idle
