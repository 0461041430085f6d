# The PIN comes with a reload while the module is still being asked what it needs: it is entered once,
# and the second look, which was ordered before the PIN was, does not call it refused.
answer AT+CPIN? = +CPIN: SIM PIN|OK
answer AT+CSQ = |
start
wait 1s
set pin 1234
reload
answer AT+CSQ = +CSQ: 20,99|OK
< +CSQ: 20,99
< OK
> AT+CPIN="1234"
answer AT+CPIN? = +CPIN: READY|OK
< OK
wait 1min
count 1 AT+CPIN="1234"
no-event module-blocked
state idle
