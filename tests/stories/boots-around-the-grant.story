# The question comes twice and the module boots: the yes fell into the restart. The next one is heard, and a boot that began before it is
# no end of the install.
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
wait 3s
< +WDSI: 3
< +WDSI: 0
wait 10s
state install-pending
< +WDSI: 3
> AT+WDSR=4
< OK
< +KSUP: 0
state installing
< +WDSI: 14
wait 2min
answer AT+CGMR = THL7800.1.6.3.0.99.20180803|OK
< +WDSI: 1
wait 10s
outcome succeeded
