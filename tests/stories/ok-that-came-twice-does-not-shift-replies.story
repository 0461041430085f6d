# The OK to AT+CMEE=1 comes twice, the second time when AT+CGMI is out already. Each reply would be that of
# the command before: the model HL7800 was taken for a new firmware.
answer AT+CGMI = |
answer AT+CGMM = |
answer AT+CGMR = |
start
wait 2s
< OK
< Sierra Wireless
< OK
< HL7800
< OK
< BHL7800.1.6.3.0.20180803
< OK
< BHL7800.1.6.3.0.20180803
< OK
wait 20s
event module-identified firmware=BHL7800.1.6.3.0.20180803
no-event unsanctioned-change
state idle
