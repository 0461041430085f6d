# fotad is killed while a request is held: the state is shown again, the request is still open, and the yes is given to the module once.
policy download accept
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
crash
state install-pending
wait 5s
state install-pending
quiet 5min
order accept install
> AT+WDSR=4
< OK
count 1 AT+WDSR=4
