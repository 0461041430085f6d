# HL78xx FOTA note, 9.5, first and second part: the download starts without being asked for (its agreement was off, and fotad's own setting did not
# take), the install restarts the module, the SIM PIN is wanted again, the module reports by itself.
policy download accept
policy install accept
set pin 1234
answer AT+WDSC=1,1 = OK
answer AT+WDSC=2,1 = OK
start
wait 5s
state idle
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,1464
event package-offered bytes=1464
< +WDSI: 18
event download-started
state downloading
< +WDSI: 18,2
< +WDSI: 18,10
event download-progress percent=10
< +WDSI: 18,13
< +WDSI: 18,21
< +WDSI: 18,76
< +WDSI: 18,80
< +WDSI: 18,82
< +WDSI: 18,100
event download-progress percent=100
< +WDSI: 12
event package-verified
< +WDSI: 10
event download-completed
state verifying
# the module restarts with the new firmware, and wants its PIN
wait 2min
answer AT+CGMR = THL7800.1.6.3.0.99.20180803|OK
answer AT+CPIN? = +CPIN: SIM PIN|OK
junk
< +WDSI: 16
> AT+CPIN="1234"
answer AT+CPIN? = +CPIN: READY|OK
< OK
event install-succeeded from=BHL7800.1.6.3.0.20180803 to=THL7800.1.6.3.0.99.20180803
< +WDSI: 0
< +WDSI: 4
state connecting
< +WDSI: 6
< +WDSI: 23,1
state connected
< +WDSI: 8
state idle
outcome succeeded
no-event unsanctioned-change
quiet 1h
