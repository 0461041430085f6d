# HL78xx FOTA note, chapter 12: a delta for another firmware.
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
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
> AT+WDSR=4
< OK
state installing
< +WDSI: 14
wait 2min
< +WDSI: 15
wait 1s
event install-started
event install-failed reason=update-failed
outcome failed update-failed
count 1 AT+WDSR=4
