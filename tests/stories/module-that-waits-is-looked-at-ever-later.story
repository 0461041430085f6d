# A module that waits for a person and asks no more is read anew after 35 minutes, twice as late each time up to
# 2 h 20 min, and from the start when it asks again.
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,3|OK
policy download ask
policy install ask
start
wait 5s
< +WDSI: 3
state install-pending
count 1 AT+CGMI
wait 34min
count 1 AT+CGMI
wait 2min
count 2 AT+CGMI
wait 68min
count 2 AT+CGMI
wait 3min
count 3 AT+CGMI
wait 130min
count 3 AT+CGMI
wait 15min
count 4 AT+CGMI
wait 24h
count 14 AT+CGMI
state install-pending
< +WDSI: 3
wait 36min
count 15 AT+CGMI
state install-pending
