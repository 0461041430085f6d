# Given up while the port is away; the module has the file and asks later: not today.
policy install accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update file
> AT+WDSD=3000
receive
port lost
wait 1s
order cancel
outcome failed cancelled
port back
wait 5s
< +WDSI: 3
> AT+WDSR=5,30
< OK
quiet 29min
