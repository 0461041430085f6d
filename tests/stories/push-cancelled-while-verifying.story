# The module has the whole file when a person gives it up; a new order is a new yes.
policy install accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update file
> AT+WDSD=3000
receive
< OK
state verifying
order cancel
outcome failed cancelled
wait 5s
< +WDSI: 3
> AT+WDSR=5,30
< OK
quiet 29min
< +WDSI: 3
> AT+WDSR=5,30
< OK
