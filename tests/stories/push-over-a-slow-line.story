# A large file over a slow line: for more than ten minutes there is not one percent to tell of, and that is no stall.
policy install accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update file=20M
> AT+WDSD=20971520
receive 90 8s
state downloading
no-event download-failed
