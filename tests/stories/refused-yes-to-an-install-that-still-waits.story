# A module that is busy refuses the yes to its install, AT+WDSG goes on saying that the package waits, and it does not repeat itself. It is asked
# whether it still waits, which makes it ask again, and gets its yes then.
policy download accept
policy install accept
start
wait 5s
< +WDSI: 23,1
< +WDSI: 9,100000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
> AT+WDSR=4
< ERROR
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,3|OK
answer AT+WDSR=5,1 = OK
quiet 30min
count 0 AT+WDSR=5,1
wait 10min
count 1 AT+WDSR=5,1
count 1 AT+WDSR=4
< +WDSI: 3
> AT+WDSR=4
< OK
state installing
