# +WDSI: 8 is lost: the end of the session is found by asking, and the file goes.
set session on-demand
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order connect
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
order update file
> AT+WDSS=1,0
< OK
wait 3h
> AT+WDSD=3000
