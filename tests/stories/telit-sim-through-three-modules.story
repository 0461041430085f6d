# One SIM goes through three modules and back: each swap is told once, and each new pair is registered once.
modules 3
family telit
set server_number +393491234567
policy download accept
policy install accept
module 1
family telit
set server_number +393491234567
answer AT+CGSN = 351234567890200|OK
answer AT#CCID = #CCID: 89390123456789000002|OK
answer AT+CIMI = 222019876543210|OK
answer AT#OTASNAP="+393491234567" = OK
module 2
family telit
set server_number +393491234567
answer AT+CGSN = 351234567890300|OK
answer AT#CCID = #CCID: 89390123456789000003|OK
answer AT+CIMI = 222019876543333|OK
answer AT#OTASNAP="+393491234567" = OK
module 0
answer AT#OTASNAP="+393491234567" = OK
start
wait 30s
< #OTAEV: Registered
module 1
< #OTAEV: Registered
module 2
< #OTAEV: Registered
answer AT+CPIN? = +CPIN: READY|OK
module 0
answer AT+CPIN? = +CME ERROR: 10
answer AT#CCID = ERROR
answer AT+CCID = ERROR
answer AT+CIMI = ERROR
< #QSS: 0
wait 1min
module 1
answer AT#CCID = #CCID: 89390123456789012345|OK
answer AT+CIMI = 222011234567890|OK
< #QSS: 1
wait 1min
event sim-swapped with=modem0
< #OTAEV: Registered
answer AT+CPIN? = +CME ERROR: 10
answer AT#CCID = ERROR
answer AT+CCID = ERROR
< #QSS: 0
wait 1min
module 2
answer AT#CCID = #CCID: 89390123456789012345|OK
answer AT+CIMI = 222011234567890|OK
< #QSS: 1
wait 1min
event sim-swapped with=modem0
event sim-swapped with=modem1
< #OTAEV: Registered
answer AT+CPIN? = +CME ERROR: 10
answer AT#CCID = ERROR
answer AT+CCID = ERROR
< #QSS: 0
wait 1min
module 0
answer AT+CPIN? = +CPIN: READY|OK
answer AT#CCID = #CCID: 89390123456789012345|OK
answer AT+CIMI = 222011234567890|OK
< #QSS: 1
wait 12h
event sim-swapped with=modem1
event sim-swapped with=modem2
no-more sim-swapped
count 2 AT#OTASNAP="+393491234567"
