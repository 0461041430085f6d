# The commit of the order to push fails: nothing is sent until the disk takes it.
policy install accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
disk full
order update file
quiet 10s
disk good
wait 1min
> AT+WDSD=3000
receive
< OK
< +WDSI: 3
> AT+WDSR=4
