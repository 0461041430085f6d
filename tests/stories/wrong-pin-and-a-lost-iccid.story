# A wrong PIN is in the configuration. One look of the blocked module loses the line with the ICCID: that is
# no other SIM, also when the next look has it again. The third PIN would lock the SIM.
set pin 9999
answer AT+CPIN? = +CPIN: SIM PIN|OK
start
> AT+CPIN="9999"
< +CME ERROR: 16
state blocked
wait 9min
answer AT+CCID = OK
wait 2min
state blocked
answer AT+CCID = +CCID: 89330123456789012342|OK
wait 1h
crash
wait 1h
state blocked
count 1 AT+CPIN="9999"
