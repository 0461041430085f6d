# A download is suspended, and the module reports to its server meanwhile: that is no progress. A week after it was stopped it is given up.
policy connect accept
policy download accept
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,400000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,40
order suspend
> AT+WDSS=1,0
< OK
< +WDSI: 8
wait 3d
< +WDSI: 1
> AT+WDSR=1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 8
wait 95h
state suspended
wait 2h
state idle
outcome failed transfer-error
