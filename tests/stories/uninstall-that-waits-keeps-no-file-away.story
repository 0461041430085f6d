# An uninstall waits for a person: a file goes over the line all the same.
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
< +WDSI: 25
wait 1min
order update file
> AT+WDSD=3000
state downloading
