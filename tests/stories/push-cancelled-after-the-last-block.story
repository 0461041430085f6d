# The last block is taken when a person gives the file up: what the module has is not installed today.
policy install accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update file
> AT+WDSD=3000
receive
order cancel
outcome failed cancelled
< OK
wait 5s
< +WDSI: 3
> AT+WDSR=5,30
< OK
quiet 29min
