# HL8548 and BX310x print 0 before 16 after the restart; 10 before 12, 2 before 9.
policy download accept max_size=2M
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 2
quiet 1s
< +WDSI: 9,1464
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18, 5
< +WDSI: 18,"98%"
event download-progress percent=98
< +WDSI: 10
< +WDSI: 12
< +WDSI: 3
> AT+WDSR=4
< OK
< +WDSI: 12
< +WDSI: 14
wait 130s
answer AT+CGMR = THL7800.1.6.3.0.99.20180803|OK
junk
< +WDSI: 0
wait 1s
< +SIM: 1
< +KSUP: 0
< +PBREADY
< +WDSI: 16
wait 1s
outcome succeeded
count 1 AT+WDSR=4
