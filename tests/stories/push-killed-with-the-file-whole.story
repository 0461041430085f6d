# fotad is killed after the last block: the job failed, and the module's request goes to the policy.
policy install accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update file
> AT+WDSD=3000
receive
crash
wait 5s
outcome failed xmodem-failed
< +WDSI: 3
> AT+WDSR=4
< OK
state installing
