set pin 9999
answer AT+CPIN? = +CPIN: SIM PIN|OK
start
> AT+CPIN="9999"
port lost
wait 1s
port back
wait 1min
port lost
wait 1s
port back
wait 1min
count 1 AT+CPIN="9999"
