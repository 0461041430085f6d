# An update is given up while its install waits for the window, and that was a mistake: update takes it up again at once, though the module
# asks again only in half an hour. Policy decides as before.
policy download accept
policy install accept 05:00-07:00
answer AT+WDSR=5,30 = OK
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
wait 1min
order cancel
outcome failed cancelled
wait 1s
explain install defer deferral: deferred until
order resume refused
order update
event job-created source=person
explain install defer window
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,3|OK
answer AT+WDSR=5,1 = OK
wait 295min
< +WDSI: 3
wait 1min
state install-pending
wait 4min
> AT+WDSR=4
