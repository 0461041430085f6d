# On demand: the server has nothing and closes each session after 90 s. It may still be preparing the package, so the
# update tries again, ever later, and ends.
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
wait 90s
< +WDSI: 8
quiet 59s
wait 2s
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
wait 90s
< +WDSI: 8
quiet 119s
wait 2s
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
wait 90s
< +WDSI: 8
quiet 239s
wait 2s
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
wait 90s
< +WDSI: 8
quiet 479s
wait 2s
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
wait 90s
< +WDSI: 8
outcome failed no-package
state idle
quiet 1d
count 5 AT+WDSS=1,1
