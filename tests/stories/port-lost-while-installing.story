# Over USB the tty vanishes while the module flashes and returns with the new firmware: the job goes on.
policy download accept
policy install accept
start
wait 5s
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
port lost
event module-gone
state installing
quiet 2min
port back
event module-appeared
state installing
quiet 1min
answer AT+CGMR = THL7800.1.6.3.0.99.20180803|OK
< +WDSI: 0
wait 1s
event install-succeeded
outcome succeeded
