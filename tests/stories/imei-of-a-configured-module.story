# Two modules show one IMEI, and the configuration says whose it is: the other one gets no PIN, no report and no frame,
# though it came first.
modules 2
set pin 1234
set class C
answer AT+CGSN = 354123456789018|OK
answer AT+CPIN? = +CPIN: SIM PIN|OK
port lost
module 1
set imei 354123456789018
set class C
port lost
start
module 0
port back
wait 5s
state blocked
event module-blocked because=IMEI 354123456789018 is configured for modem1: check the cabling
next you: wrong-module, its IMEI is that of modem1
quiet 30min
count 0 AT+CPIN="1234"
module 1
port back
wait 5s
state idle
event module-identified imei=354123456789018
downlink 010A Confirmed=1
sent fcnt_dn=0 delivered=1
module 0
quiet 30min
state blocked
