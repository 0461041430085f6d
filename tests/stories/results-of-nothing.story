# 15 and 16 of a module that nobody saw install: it is looked at, and nothing is concluded.
start
wait 5s
< +WDSI: 16
wait 5s
state idle
< +WDSI: 15
wait 5s
state idle
outcome none
