# 14 comes while the module is blocked (SIM): nothing is said to it until the watchdog is over.
answer AT+CPIN? = +CPIN: SIM PUK|OK
start
wait 5s
state blocked
wait 8min
< +WDSI: 14
quiet 14min
count 1 ATE0
