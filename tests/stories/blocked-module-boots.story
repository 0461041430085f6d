# The SIM was unlocked elsewhere: a boot or a ready of the module has it looked at.
answer AT+CPIN? = +CPIN: SIM PUK|OK
start
wait 10s
state blocked
answer AT+CPIN? = +CPIN: READY|OK
< +KSUP: 0
wait 5s
state idle
answer AT+CPIN? = +CPIN: SIM PUK|OK
< +WDSI: 0
wait 5s
state blocked
answer AT+CPIN? = +CPIN: READY|OK
< +WDSI: 0
wait 5s
state idle
