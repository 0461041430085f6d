# A device that does not tell its IMEI gets no PIN either, where one is configured.
set imei 354000000000000
set pin 1234
answer AT+CPIN? = +CPIN: SIM PIN|OK
answer AT+CGSN = ERROR
start
wait 5s
state blocked
event module-blocked because=the SIM wants a PIN, and the module does not tell its IMEI
quiet 30min
