# An install waits for a person, or for its deadline of thirty hours. It is given up shortly before; the module goes on asking, as it must.
# Neither the hours that it had waited count for what is asked next, nor does what they were the deadline of install it the day after.
policy download accept
policy install ask deadline=30h
answer AT+WDSR=5,30 = OK
answer AT+WDSR=5,1 = OK
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
state install-pending
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,3|OK
wait 29h
order cancel
outcome failed cancelled
wait 30min
< +WDSI: 3
wait 1s
event job-created source=server
event agreement-requested action=install
explain install defer deferral: deferred until
wait 24h
explain install hold decision: ask: waiting for a person
wait 5h
state install-pending
count 0 AT+WDSR=4
wait 55min
> AT+WDSR=4
