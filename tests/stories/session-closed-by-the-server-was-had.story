# On demand: a person connects, and the server closes the session after 90 s (as for a BX310x). That was it.
start
wait 5s
order connect
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
wait 90s
< +WDSI: 8
state idle
quiet 1d
# asked for once more while it is about to close, it is opened again, and once
order connect
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
wait 89s
order connect
< +WDSI: 8
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
wait 90s
< +WDSI: 8
quiet 1d
