# A retry timer of 190 years (a broken line, a hostile module) is none.
set session always
answer AT+WDSC? = +WDSC: 0,0|+WDSC: 1,1|+WDSC: 2,1|+WDSC: 3,0|+WDSC: 4,99999999,0,0,0,0,0,0,0|+WDSC: 5,1|OK
start
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 8
wait 90d
> AT+WDSS=1,1
