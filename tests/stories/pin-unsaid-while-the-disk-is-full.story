# The PIN can't be noted as tried, so it is not entered; once it can, it is, and nobody says that it was tried before.
set pin 1234
answer AT+CPIN? = +CPIN: SIM PIN|OK
answer AT+CSQ = |
start
> AT+CSQ
disk full
< +CSQ: 20,99
< OK
event storage-failed
state starting
answer AT+CSQ = +CSQ: 20,99|OK
wait 2min
state blocked
disk good
> AT+CPIN="1234"
answer AT+CPIN? = +CPIN: READY|OK
< OK
wait 5s
state idle
count 1 AT+CPIN="1234"
