# The module boots while its session is being opened: it is looked at, and the session still waited for; then it falls silent.
start
wait 5s
order connect
> AT+WDSS=1,1
< OK
state connecting
< +WDSI: 0
wait 5s
state connecting
answer ATE0 = |
answer AT = |
wait 20min
state idle
