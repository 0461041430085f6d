# +WDSI: 13 before the first block speaks of an older package; the file goes on, and no second one is taken.
policy install accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update file
> AT+WDSD=3000
< +WDSI: 13
order update file refused
receive
< OK
state verifying
< +WDSI: 3
> AT+WDSR=4
