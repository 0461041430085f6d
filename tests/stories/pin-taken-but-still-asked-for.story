# A PIN that is answered with OK and still asked for is not sent for ever.
set pin 1234
answer AT+CPIN? = +CPIN: SIM PIN|OK
answer AT+CPIN="1234" = OK
start
wait 1min
count 1 AT+CPIN="1234"
