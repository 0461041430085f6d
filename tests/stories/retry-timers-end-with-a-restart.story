# The module waits for its third retry timer (4 hours) when it restarts: that timer is gone, and fotad does not wait for it.
set session always
start
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 7
wait 15min
< +WDSI: 4
< +WDSI: 7
wait 1h
< +WDSI: 4
< +WDSI: 7
quiet 1h
< +KSUP: 0
< +WDSI: 0
event module-restarted
wait 2min
> AT+WDSS=1,1
< OK
