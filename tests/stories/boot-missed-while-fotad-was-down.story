# fotad is killed while the module flashes and misses 16 and 0: a module that connects has done with flashing.
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
wait 1min
state installing
crash
state installing
quiet 1min
answer AT+CGMR = THL7800.1.6.3.0.99.20180803|OK
< +WDSI: 4
wait 5s
event install-succeeded
outcome succeeded
count 1 AT+WDSR=4
