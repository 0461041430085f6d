# HL78xx FOTA note, chapter 12
start
wait 5s
order update
> AT+WDSS=1,1
< +CME ERROR: 133
event session-refused reason=invalid-apn
outcome failed invalid-apn
