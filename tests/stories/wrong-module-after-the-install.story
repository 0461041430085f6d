# Another module came back from the install: that install has failed, and others of its family wait for a person.
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
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
> AT+WDSR=4
< OK
< +WDSI: 14
port lost
answer AT+CGSN = 354123456789999|OK
wait 2min
port back
< +WDSI: 0
wait 20min
outcome failed wrong-module
event install-failed
