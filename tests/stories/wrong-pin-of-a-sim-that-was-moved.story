# Two modules with the same wrong PIN in the configuration. The SIM that has refused it is moved from one to the
# other: there it is the same SIM.
modules 2
set pin 9999
answer AT+CPIN? = +CME ERROR: 10
module 1
set pin 9999
answer AT+CPIN? = +CME ERROR: 10
module 0
answer AT+CPIN? = +CPIN: SIM PIN|OK
start
> AT+CPIN="9999"
< +CME ERROR: 16
state blocked
answer AT+CPIN? = +CME ERROR: 10
module 1
answer AT+CPIN? = +CPIN: SIM PIN|OK
wait 1h
state blocked
count 0 AT+CPIN="9999"
