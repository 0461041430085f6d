# A file waits for the end of the session; a person gives it up. The session is opened again.
set session always
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
order update file
> AT+WDSS=1,0
order cancel
< OK
< +WDSI: 8
outcome failed cancelled
wait 2min
> AT+WDSS=1,1
