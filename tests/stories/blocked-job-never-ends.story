policy download accept
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,100000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18,40
port lost
answer AT+CPIN? = +CPIN: SIM PUK|OK
port back
wait 1min
explain install hold module: it is blocked: prerequisite-missing; needs somebody to put right what blocks it
wait 7d
outcome failed prerequisite-missing
