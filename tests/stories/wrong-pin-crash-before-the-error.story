set pin 9999
answer AT+CPIN? = +CPIN: SIM PIN|OK
start
> AT+CPIN="9999"
crash
wait 5min
count 1 AT+CPIN="9999"
