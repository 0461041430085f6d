# A person suspended the download. That another then opens a session "to have a look" does not go on with it: the order is refused,
# and resume is named. After resume, and once the update is given up, it is an order like any other.
policy download accept
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,40000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,20
order suspend
> AT+WDSS=1,0
< OK
< +WDSI: 8
state suspended
next fotactl resume
wait 1h
order connect refused
quiet 1h
state suspended
next fotactl resume
order resume
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,32000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18,30
order suspend
> AT+WDSS=1,0
< OK
< +WDSI: 8
order connect refused
order cancel
quiet 1h
order connect
> AT+WDSS=1,1
