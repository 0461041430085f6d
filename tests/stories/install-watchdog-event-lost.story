# 15 minutes of silence in which nothing touches the module; then its version tells that only the event was lost.
policy download accept
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
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
state installing
< +WDSI: 14
quiet 14min
answer AT+CGMR = THL7800.1.6.3.0.99.20180803|OK
wait 2min
event install-succeeded
outcome succeeded
