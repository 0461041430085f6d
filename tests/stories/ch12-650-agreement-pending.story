# HL78xx FOTA note, chapter 12: +CME ERROR: 650 because the module waits for an answer to a question that fotad never heard. It is found, asked again, answered.
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,3|OK
< +CME ERROR: 650
# the harmless question: OK means that the request is pending, and that it comes again in a minute
> AT+WDSR=5,1
event session-refused reason=agreement-pending
< OK
state install-pending
quiet 50s
< +WDSI: 3
> AT+WDSR=4
< OK
state installing
