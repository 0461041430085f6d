# A PIN that the SIM refused is never tried again on that SIM, not even after a restart of fotad.
set pin 9999
answer AT+CPIN? = +CPIN: SIM PIN|OK
start
> AT+CPIN="9999"
< +CME ERROR: 16
state blocked
event module-blocked because=the SIM refused the PIN
crash
quiet 1h
state blocked
