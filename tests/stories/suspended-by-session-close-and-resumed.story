# HL78xx FOTA note, chapter 11: the session is closed by the network; on resume the remaining bytes and the request come again.
policy download accept
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,5
< +WDSI: 18,40
< +WDSI: 8
event download-suspended
state suspended
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,800
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18,41
state downloading
