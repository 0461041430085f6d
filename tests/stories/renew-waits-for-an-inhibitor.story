# A session that is due to be renewed while somebody holds connect back: closed, it could not be opened again for hours, and the
# server would not reach the module. It stays open, and is renewed once connect is let go.
set session always
set renew 25min
start
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
wait 10min
inhibit phone connect
quiet 2h
state connected
release phone
> AT+WDSS=1,0
< OK
< +WDSI: 8
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
state connected
quiet 24min
