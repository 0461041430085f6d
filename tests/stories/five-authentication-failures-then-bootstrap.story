# HL78xx FOTA note, 7.4: credentials are invalidated every 90 days; five failures, then bootstrap, are normal and fail nothing.
policy download accept
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 5
< +WDSI: 4
< +WDSI: 5
< +WDSI: 4
< +WDSI: 5
< +WDSI: 4
< +WDSI: 5
< +WDSI: 4
< +WDSI: 5
state connecting
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,0
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
state connected
no-event session-refused
outcome none
