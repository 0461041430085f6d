# Premium FOTA note, chapter 6, its six steps: SIM A goes from module A to module B and back. Module A sees its own SIM and does not register again,
# the server holds the pair [B, A]: only fotad, which sees both, can tell.
modules 2
family telit
set server_number +393491234567
set own_number +393330000001
policy download accept
policy install accept
module 1
family telit
set server_number +393491234567
policy download accept
policy install accept
answer AT+CGSN = 351234567890200|OK
answer AT#CCID = #CCID: 89390123456789000002|OK
answer AT+CIMI = 222019876543210|OK
answer AT#OTASNAP="+393491234567" = OK
module 0
answer AT#OTASNAP="+393491234567" = OK
start
wait 30s
# 1: both registered
< #OTAEV: Registered
event registered
module 1
< #OTAEV: Registered
event registered
# 2: SIM A moves from module A to module B; A is without SIM
module 0
answer AT+CPIN? = +CME ERROR: 10
answer AT#CCID = ERROR
answer AT+CCID = ERROR
answer AT+CIMI = ERROR
< #QSS: 0
wait 1min
state blocked
module 1
answer AT#CCID = #CCID: 89390123456789012345|OK
answer AT+CIMI = 222011234567890|OK
< #QSS: 1
wait 1min
event sim-changed to=89390123456789012345
event sim-swapped with=modem0
count 2 AT#OTASNAP="+393491234567"
< #OTAEV: Registered
event registered
# 3: and back; module A sees nothing new
answer AT+CPIN? = +CME ERROR: 10
answer AT#CCID = ERROR
answer AT+CCID = ERROR
answer AT+CIMI = ERROR
< #QSS: 0
wait 1min
module 0
answer AT+CPIN? = +CPIN: READY|OK
answer AT#CCID = #CCID: 89390123456789012345|OK
answer AT+CIMI = 222011234567890|OK
< #QSS: 1
wait 1min
event sim-swapped with=modem1
count 2 AT#OTASNAP="+393491234567"
# no update until the server has answered
< #OTAEV: Do you want to upgrade the firmware?
event policy-waiting because=the SIM was moved: ask the update service's administrator for a forced registration of IMEI 351234567890127, number +393330000001
> AT#OTASUAN=0
< OK
wait 30min
event module-blocked reason=registration-failed
quiet 2h
# 4: the administrator forces it
< #OTAEV: Registered
event registered
event reissue-wanted
