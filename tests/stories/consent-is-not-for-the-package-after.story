# The package that waits for its install is replaced: the new one is downloaded, and its install is asked for anew.
policy download accept
policy install ask 00:30-04:00
answer AT+WDSR=5,30 = OK
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
order accept install
wait 1min
< +WDSI: 9,90000
< +WDSI: 2
> AT+WDSR=3
event agreement-accepted action=download by=policy bytes=90000
< OK
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
wait 30min
count 0 AT+WDSR=4
next your answer: fotactl accept modem0 install
