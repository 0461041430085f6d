# The module asks to install in the moment in which a person gives the file up.
policy install accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update file
> AT+WDSD=3000
receive
< +WDSI: 3
order cancel
outcome failed cancelled
< OK
> AT+WDSR=5,30
< OK
quiet 29min
