# An update is given up while its session is being opened, which then opens and brings a package before it is closed: that is put off, as all
# that was given up. Today's update is no matter of the package that the server sends another day, nor of the next order.
policy download accept
policy install accept
answer AT+WDSR=2,30 = OK
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
state connecting
order cancel
outcome failed cancelled
> AT+WDSS=1,0
< OK
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
wait 5s
state download-pending
explain download defer deferral: deferred until
< +WDSI: 8
quiet 30min
< +WDSI: 2
wait 5s
count 0 AT+WDSR=3
order update
> AT+WDSR=3
< OK
