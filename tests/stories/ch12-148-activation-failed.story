# HL78xx FOTA note, chapter 12: tried again later, at rising intervals, then the job ends.
start
wait 5s
order update
> AT+WDSS=1,1
< +CME ERROR: 148
event session-refused reason=activation-failed
state idle
quiet 50s
> AT+WDSS=1,1
< +CME ERROR: 148
quiet 110s
> AT+WDSS=1,1
< +CME ERROR: 148
> AT+WDSS=1,1
< +CME ERROR: 148
quiet 7min
> AT+WDSS=1,1
< +CME ERROR: 148
outcome failed activation-failed
quiet 3h
