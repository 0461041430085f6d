# A module was on a serial line, whose port stays when it is unplugged: it is asked when another port shows its IMEI.
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
sent fcnt_dn=0
answer AT = |
answer ATE0 = |
module 1
answer AT+CGSN = 354123456789017|OK
port back
wait 10s
state blocked
wait 25min
state idle
event module-identified imei=354123456789017
downlink 010A Confirmed=1
sent fcnt_dn=0 delivered=1
# that line finds another module
module 0
answer AT = OK
answer ATE0 = OK
answer AT+CGSN = 354123456789025|OK
wait 25min
state idle
event module-identified imei=354123456789025
downlink 010A Confirmed=1
sent fcnt_dn=0 delivered=1
