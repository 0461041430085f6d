# Registering over TCP ends calls and contexts: one module at a time.
modules 2
family telit
set protocol tcp
set server_address 203.0.113.5
policy download accept
policy install accept
module 1
family telit
set protocol tcp
set server_address 203.0.113.5
policy download accept
policy install accept
answer AT+CGSN = 351234567890200|OK
answer AT#CCID = #CCID: 89390123456789000002|OK
answer AT+CIMI = 222019876543210|OK
start
wait 2s
count 0 AT#OTASNAIP=9090,"203.0.113.5"
module 0
count 1 AT#OTASNAIP=9090,"203.0.113.5"
< #OTAEV: Registered
module 1
wait 2s
count 1 AT#OTASNAIP=9090,"203.0.113.5"
