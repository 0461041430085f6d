# HL78xx FOTA note, chapter 10: the module invites with NAK, takes the blocks, says OK and asks for the install.
policy install ask
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update file
> AT+WDSD=3000
state downloading
receive
event download-progress
< OK
event download-completed
state verifying
< +WDSI: 3
event agreement-requested action=install
state install-pending
quiet 1min
order accept install
> AT+WDSR=4
< OK
< +WDSI: 12
< +WDSI: 14
state installing
answer AT+CGMR = THL7800.1.6.3.0.99.20180803|OK
< +WDSI: 16
wait 5s
event install-succeeded
outcome succeeded
