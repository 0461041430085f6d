# A module is plugged into the port of another: it is waited for at the old one for a while, and then it is welcome.
# Its frames and its counter go with it; that it was at the old port once gives that one nothing.
modules 2
set class C
module 1
set class C
port lost
start
module 0
wait 10s
state idle
downlink 010A Confirmed=1
sent fcnt_dn=0 delivered=1
downlink 010A Confirmed=1
sent fcnt_dn=1 delivered=1
port lost
module 1
answer AT+CGSN = 354123456789017|OK
port back
wait 10s
state blocked
event module-blocked because=IMEI 354123456789017 is that of modem0
wait 11min
state idle
event module-identified imei=354123456789017
downlink 010A Confirmed=1
sent fcnt_dn=0 delivered=1
crash
wait 10s
state idle
downlink 010A Confirmed=1
sent fcnt_dn=1 delivered=1
# another one at the old port, and then the one that moved once more
module 0
answer AT+CGSN = 354123456789025|OK
port back
wait 10s
state idle
event module-identified imei=354123456789025
downlink 010A Confirmed=1
sent fcnt_dn=0 delivered=1
module 1
port lost
module 0
port lost
answer AT+CGSN = 354123456789017|OK
wait 10s
port back
wait 11min
state idle
event module-identified imei=354123456789017
downlink 010A Confirmed=1
sent fcnt_dn=0 delivered=1
