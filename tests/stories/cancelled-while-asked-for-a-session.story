# The module asks for a session while a package that it has downloaded is given up: the package is put off, too.
policy connect ask
policy download accept
policy install accept
answer AT+WDSR=5,30 = OK
answer AT+WDSR=0,30 = OK
answer AT+WDSC=0,1 = OK
start
wait 5s
order connect
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,100000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 10
< +WDSI: 8
wait 5s
< +WDSI: 1
order cancel
outcome failed cancelled
< +WDSI: 12
< +WDSI: 3
wait 1min
state install-pending
count 0 AT+WDSR=4
