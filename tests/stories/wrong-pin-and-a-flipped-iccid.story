# A wrong PIN is in the configuration. One look of the blocked module has one digit of the ICCID wrong: an
# ICCID counts as that of another SIM when two looks in a row told it.
set pin 9999
answer AT+CPIN? = +CPIN: SIM PIN|OK
start
> AT+CPIN="9999"
< +CME ERROR: 16
state blocked
wait 9min
answer AT+CCID = +CCID: 89330123456789012343|OK
wait 2min
state blocked
answer AT+CCID = +CCID: 89330123456789012342|OK
wait 1h
state blocked
count 1 AT+CPIN="9999"
