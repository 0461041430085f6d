# A wrong PIN is in the configuration, and one digit of the ICCID flips at the very look that enters it. The
# right one, which every look tells after that, is no other SIM's.
set pin 9999
answer AT+CPIN? = +CPIN: SIM PIN|OK
answer AT+CCID = +CCID: 89330123456789012343|OK
start
> AT+CPIN="9999"
< +CME ERROR: 16
state blocked
answer AT+CCID = +CCID: 89330123456789012342|OK
wait 3h
state blocked
count 1 AT+CPIN="9999"
