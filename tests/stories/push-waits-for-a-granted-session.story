# A connect request was granted just now: the module opens its session before a file may go.
policy connect accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
< +WDSI: 1
> AT+WDSR=1
order update file
< OK
quiet 5s
