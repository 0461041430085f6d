# A wrong PIN is in the configuration, and the SIM is too busy to tell its ICCID when the PIN is entered; later
# it tells it, then not again.
set pin 9999
answer AT+CPIN? = +CPIN: SIM PIN|OK
answer AT+CCID = ERROR
start
> AT+CPIN="9999"
< +CME ERROR: 16
state blocked
answer AT+CCID = +CCID: 89330123456789012342|OK
wait 1h
answer AT+CCID = ERROR
wait 1h
state blocked
count 1 AT+CPIN="9999"
