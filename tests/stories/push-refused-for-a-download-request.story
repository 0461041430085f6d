# The server's request comes between AT+WDSD and the first block, and the module refuses the file for it.
policy download accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update file
> AT+WDSD=3000
< +WDSI: 9,400000
< +WDSI: 2
< ERROR
outcome failed xmodem-failed
state download-pending
> AT+WDSR=3
