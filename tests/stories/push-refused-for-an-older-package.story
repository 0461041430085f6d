# The module has an older package, refuses the file, and asks to install what it has: no update of the file.
policy install accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update file
> AT+WDSD=3000
< +WDSI: 3
< ERROR
outcome failed xmodem-failed
> AT+WDSR=4
< OK
< +WDSI: 12
< +WDSI: 14
answer AT+CGMR = THL7800.1.6.3.0.99.20180803|OK
< +WDSI: 16
wait 5s
event install-succeeded
outcome succeeded
