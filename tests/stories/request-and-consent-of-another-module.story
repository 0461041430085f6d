# A yes for one module is none for the module that is plugged in its place.
policy download accept
policy install ask 00:30-04:00
answer AT+WDSR=5,30 = OK
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
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
order accept install
wait 10min
port lost
answer AT+CGSN = 354123456789999|OK
wait 1min
port back
wait 3h
count 0 AT+WDSR=4
