# A person closed the session of a module that has it always; a file that fails opens none.
set session always
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
order disconnect
> AT+WDSS=1,0
< OK
< +WDSI: 8
quiet 2h
order update file
> AT+WDSD=3000
< ERROR
outcome failed xmodem-failed
quiet 2h
