# An install waits for a person, or for its deadline of thirty hours; it is given up after 29, and taken up again at once by update. What it
# had waited for the update before does not count for this one.
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
wait 1s
order update
wait 1s
explain install hold decision: ask: waiting for a person
wait 29h
state install-pending
count 0 AT+WDSR=4
wait 1h
> AT+WDSR=4
