# The download that was asked for during a push gets its answer when the push is over.
policy download accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
set session always
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
< +WDSI: 9,400000
< +WDSI: 2
< ERROR
outcome failed xmodem-failed
> AT+WDSR=3
< OK
< +WDSI: 18
state downloading
