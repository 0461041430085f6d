# A reboot is asked for and waits for a person; the module restarts by itself and asks no more. Its session is opened again, and nothing is left that
# could be said yes to.
policy install ask
set session always
start
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
state connected
< +WDSI: 24
< +WDSI: 8
state idle
wait 20s
< +KSUP: 0
< +WDSI: 0
order accept reboot refused
wait 1min
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
state connected
order update
wait 1h
count 0 AT+WDSR=6
