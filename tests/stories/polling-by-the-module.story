# HL78xx FOTA note, 7.4.2: in polling mode the module opens and closes the sessions; fotad sets the interval and adds none.
policy download accept
set session poll
set poll 120
start
> AT+WDSC=3,120
< OK
answer AT+WDSC? = +WDSC: 0,0|+WDSC: 1,1|+WDSC: 2,1|+WDSC: 3,120|+WDSC: 4,15,60,240,480,1440,2880,0,0|+WDSC: 5,1|+WDSC: 6,1|OK
quiet 2h
state idle
no-event consent-drift
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
state connected
wait 20s
< +WDSI: 8
state idle
quiet 2h
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
state downloading
count 0 AT+WDSS=1,1
