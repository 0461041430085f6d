set pin 1234
answer AT+CPIN? = +CPIN: SIM PIN|OK
start
> AT+CPIN="1234"
wait 40s
answer AT+CPIN? = +CPIN: READY|OK
wait 11min
state idle
answer AT+CPIN? = +CPIN: SIM PIN|OK
< +WDSI: 0
> AT+CPIN="1234"
