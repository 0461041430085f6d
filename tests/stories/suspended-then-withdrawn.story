# A person suspends a download that is asked for, and the server takes the package back. The next one, weeks later, is not suspended.
policy download ask
policy install accept
start
wait 5s
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,100000
< +WDSI: 2
order suspend
> AT+WDSS=1,0
< OK
< +WDSI: 8
wait 5s
answer AT+WDSS? = +WDSS: 1,0|+WDSS: 2,1|OK
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,0|OK
wait 3h
state idle
outcome failed cancelled
order resume refused
wait 30d
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,200000
< +WDSI: 2
wait 10s
explain download hold decision
