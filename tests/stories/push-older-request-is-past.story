# +WDSI: 3 comes before the module asks for the first block: it speaks of an older package, which the file replaces.
policy install accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update file
> AT+WDSD=3000
< +WDSI: 3
receive
< OK
event download-completed
state verifying
quiet 20s
< +WDSI: 3
> AT+WDSR=4
