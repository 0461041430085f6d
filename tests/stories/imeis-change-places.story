# The cables of two modules were exchanged while fotad was down: each finds its IMEI taken by the other, and neither is
# locked out.
modules 2
set class C
module 1
set class C
start
module 0
wait 10s
downlink 010A Confirmed=1
sent fcnt_dn=0
downlink 010A Confirmed=1
sent fcnt_dn=1
wait 1min
downlink 010A Confirmed=1
sent fcnt_dn=2
downlink 010A Confirmed=1
sent fcnt_dn=3
downlink 010A Confirmed=1
sent fcnt_dn=4
downlink 010A Confirmed=1
sent fcnt_dn=5
module 1
state idle
downlink 010A Confirmed=1
sent fcnt_dn=0
answer AT+CGSN = 354123456789017|OK
module 0
answer AT+CGSN = 354123456789018|OK
crash 1min
wait 25min
state idle
event module-identified imei=354123456789018
downlink 010A Confirmed=1
sent fcnt_dn=0 delivered=1
module 1
state idle
downlink 010A Confirmed=1
sent fcnt_dn=0 delivered=1
downlink 010A Confirmed=1
sent fcnt_dn=1 delivered=1
