# Who closes the session of a module whose download he has suspended does not let the download go.
policy download ask
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,400000
< +WDSI: 2
wait 5s
order suspend
wait 5s
order disconnect
> AT+WDSS=1,0
< +WDSI: 8
< OK
wait 5s
next resume
order accept download
wait 5s
quiet 5min
order resume
> AT+WDSR=3
< OK
