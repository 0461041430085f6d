# Monday 00:00; the window opens at 05:00: the request is put off by an hour at most (defer is 30 minutes by default), asked again, and granted in the window.
policy download accept
policy install accept Mon 05:00-07:00
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
> AT+WDSR=5,30
< OK
event agreement-deferred action=install minutes=30
quiet 30min
< +WDSI: 3
> AT+WDSR=5,30
< OK
wait 4h
< +WDSI: 3
quiet 20min
wait 10min
> AT+WDSR=4
< OK
count 1 AT+WDSR=4
