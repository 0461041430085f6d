# A wrong PIN is in the configuration. The SIM is replaced: the other one gets it once, when two looks have told
# its ICCID, although the one before was read when it was busy, and has no check digit that could tell.
set pin 9999
answer AT+CPIN? = +CPIN: SIM PIN|OK
answer AT+CCID = ERROR
start
> AT+CPIN="9999"
< +CME ERROR: 16
state blocked
answer AT+CCID = +CCID: 8933012345678901234|OK
wait 21min
answer AT+CCID = +CCID: 89330123456789000005F|OK
wait 11min
count 1 AT+CPIN="9999"
wait 9min
> AT+CPIN="9999"
< +CME ERROR: 16
state blocked
wait 3h
count 2 AT+CPIN="9999"
