# HL78xx FOTA note, 7.5.2: the APN is chosen, two agreements are set, the first connection goes through bootstrap.
answer AT+WDSS? = +WDSS: 1,0|OK
answer AT+WDSC? = +WDSC: 0,0|+WDSC: 1,0|+WDSC: 2,0|+WDSC: 3,0|+WDSC: 4,15,60,240,480,1440,2880,0,0|+WDSC: 5,1|+WDSC: 6,1|OK
start
> AT+WDSC=1,1
< OK
> AT+WDSC=2,1
< OK
> AT+WDSS=2,1
answer AT+WDSS? = +WDSS: 1,0|+WDSS: 2,1|OK
answer AT+WDSC? = +WDSC: 0,0|+WDSC: 1,1|+WDSC: 2,1|+WDSC: 3,0|+WDSC: 4,15,60,240,480,1440,2880,0,0|+WDSC: 5,1|+WDSC: 6,1|OK
< OK
wait 1s
< +WDSI: 0
state idle
event module-identified imei=354123456789017
no-event consent-drift
no-event module-restarted
order connect
> AT+WDSS=1,1
< OK
state connecting
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,0
event session-opened kind=bootstrap
state connecting
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
event session-opened kind=dm
state connected
order disconnect
> AT+WDSS=1,0
< OK
< +WDSI: 8
event session-closed
state idle
quiet 1h
