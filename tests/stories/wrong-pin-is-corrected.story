# A wrong PIN was refused at a look that had no ICCID. The person corrects it: the right one is tried at once,
# whether the ICCID is told now or not.
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
set pin 1234
reload
> AT+CPIN="1234"
answer AT+CPIN? = +CPIN: READY|OK
< OK
wait 1min
state idle
count 1 AT+CPIN="9999"
