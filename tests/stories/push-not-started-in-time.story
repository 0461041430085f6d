# HL78xx FOTA note, chapter 10: +CME ERROR: 3 when the transfer does not begin.
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update file
> AT+WDSD=3000
< +CME ERROR: 3
event download-failed reason=xmodem-failed
outcome failed xmodem-failed
state idle
