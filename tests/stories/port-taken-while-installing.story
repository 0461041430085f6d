# Somebody else opens the port while the module flashes, and again before its version was read: the job is not lost.
policy download accept
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
> AT+WDSR=4
< OK
< +WDSI: 14
port refused
event port-busy holder=ModemManager
state installing
wait 2min
answer AT = |
port back
< +WDSI: 0
state restarting
wait 5s
port lost
state restarting
wait 10s
answer AT = OK
answer AT+CGMR = THL7800.1.6.3.0.99.20180803|OK
port back
wait 2min
event install-succeeded
outcome succeeded
