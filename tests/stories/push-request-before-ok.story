# +WDSI: 3 comes before the OK of the transfer; the port is one of dialogue again after the OK.
policy install accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update file
> AT+WDSD=3000
receive
< +WDSI: 3
quiet 1s
state downloading
< OK
> AT+WDSR=4
< OK
state installing
