# The SIM wants a PIN, and a person writes it into the configuration. The first answer after the reload
# is lost: fotad asks again in two seconds, and not ten minutes later.
answer AT+CPIN? = +CPIN: SIM PIN|OK
start
wait 10s
event module-blocked because=the SIM wants a PIN: set sim_pin_file
state blocked
set pin 1234
answer ATE0 = |
reload
wait 10s
answer ATE0 = OK
> AT+CPIN="1234"
answer AT+CPIN? = +CPIN: READY|OK
< OK
wait 20s
state idle
