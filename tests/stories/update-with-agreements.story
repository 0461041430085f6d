# HL78xx FOTA note, 9.5, figure 12: both agreements. AT+WDSR=4 is followed by +WDSI: 16 with no OK.
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
event agreement-requested action=download bytes=1464
event agreement-accepted action=download by=policy
< OK
< +WDSI: 18
< +WDSI: 18,2
< +WDSI: 18,10
< +WDSI: 18,13
< +WDSI: 18,21
< +WDSI: 18,76
< +WDSI: 18,80
< +WDSI: 18,82
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
state verifying
< +WDSI: 3
> AT+WDSR=4
event agreement-accepted action=install by=policy bytes=1464
state installing
quiet 3min
answer AT+CGMR = THL7800.1.6.3.0.99.20180803|OK
< +WDSI: 16
wait 3s
event install-succeeded to=THL7800.1.6.3.0.99.20180803
outcome succeeded
count 1 AT+WDSR=4
