# Telit: a wrong PIN is in the configuration, and neither AT#CCID nor AT+CCID is answered at one look.
family telit
set pin 9999
answer AT+CPIN? = +CPIN: SIM PIN|OK
start
> AT+CPIN="9999"
< +CME ERROR: 16
state blocked
wait 9min
answer AT#CCID = ERROR
answer AT+CCID = ERROR
wait 2min
state blocked
answer AT#CCID = #CCID: 89390123456789012345|OK
wait 1h
state blocked
count 1 AT+CPIN="9999"
