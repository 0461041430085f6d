# The SIM wants a PIN and there is none: a person adds it and reloads. The module goes on at once and
# does not wait for the next look at what blocked it.
answer AT+CPIN? = +CPIN: SIM PIN|OK
start
wait 10s
state blocked
event module-blocked
set pin 1234
reload
> AT+CPIN="1234"
answer AT+CPIN? = +CPIN: READY|OK
< OK
wait 5s
state idle
no-more module-blocked
