# Two modules show one IMEI, and the configuration does not say whose it is: who showed it first has it, also over a
# restart of fotad in which its port is opened late.
modules 2
set class C
module 1
set class C
set pin 1234
answer AT+CGSN = 354123456789017|OK
answer AT+CPIN? = +CPIN: SIM PIN|OK
port lost
start
module 0
wait 10s
state idle
event module-identified imei=354123456789017
downlink 010A Confirmed=1
sent fcnt_dn=0 delivered=1
module 1
port back
wait 10s
state blocked
event module-blocked because=IMEI 354123456789017 is that of modem0: check the cabling, unplug one, or say whose it is by modules.NAME.imei
wait 2h
no-more module-blocked
module 0
state idle
port lost
crash
wait 1min
module 1
state blocked
module 0
port back
wait 2h
state idle
downlink 010A Confirmed=1
sent fcnt_dn=1 delivered=1
module 1
state blocked
count 0 AT+CPIN="1234"
# it vanishes for a moment, as when it boots
module 0
port lost
wait 2min
module 1
< +WDSI: 0
wait 10s
state blocked
module 0
port back
wait 10s
state idle
# and the configuration can give it away
module 1
set imei 354123456789017
set pin
answer AT+CPIN? = +CPIN: READY|OK
reload
wait 11min
state idle
event module-identified imei=354123456789017
downlink 010A Confirmed=1
sent fcnt_dn=0 delivered=1
module 0
state blocked
