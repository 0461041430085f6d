# +WDSI: 3 after the last block, then ERROR: the module asks to install what it has, nothing is sent again.
policy install accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update file
> AT+WDSD=3000
receive
< +WDSI: 3
< ERROR
> AT+WDSR=4
