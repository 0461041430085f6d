# HL78xx FOTA note, chapter 12: +WDSI: 7, connection error with the server: try again. The module does so by itself
# after its first retry timer (AT+WDSC=4: 15 minutes), and fotad leaves it to that.
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 7
event session-refused reason=server-refused
state idle
quiet 14min
< +WDSI: 4
state connecting
< +WDSI: 7
event session-refused reason=server-refused
quiet 59min
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
state connected
count 1 AT+WDSS=1,1
