# HL78xx FOTA note, chapter 12: +WDSI: 7, connection error with the server: try again.
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 7
event session-refused reason=server-refused
state idle
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
state connected
