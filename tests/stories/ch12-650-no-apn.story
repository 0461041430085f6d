# HL78xx FOTA note, chapter 12: +CME ERROR: 650 because no APN is set. The job ends at once with what to do.
answer AT+CGDCONT? = OK
answer AT+WDSS? = +WDSS: 1,0|OK
start
wait 5s
order update
> AT+WDSS=1,1
< +CME ERROR: 650
wait 1s
event session-refused reason=no-apn
outcome failed no-apn
state idle
