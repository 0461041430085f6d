# A module that registers over TCP is down for others.
modules 2
family telit
set protocol tcp
set server_address 203.0.113.5
policy download accept
policy install accept
module 1
policy install accept
module 0
start
wait 2s
count 1 AT#OTASNAIP=9090,"203.0.113.5"
module 1
< +WDSI: 3
wait 2s
count 0 AT+WDSR=4
event policy-waiting action=install because=1 of 1 modules that may be down at a time
module 0
< #OTAEV: Registered
module 1
wait 2s
count 1 AT+WDSR=4
