# A download is asked for before the first block; the push goes on, fails, and the request is held then.
policy download ask
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
< OK
< +WDSI: 8
> AT+WDSD=3000
< +WDSI: 2
state downloading
receive
state downloading
< ERROR
> AT+WDSD=3000
< ERROR
outcome failed xmodem-failed
state download-pending
