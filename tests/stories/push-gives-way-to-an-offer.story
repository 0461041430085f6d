# The server offers a package before the first block of a file has left: the file gives way at once, and the size that was told is that of the
# package.
policy download accept max_size=20000
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
< +WDSI: 9,19000
outcome superseded agreement-pending
< +WDSI: 2
< OK
> AT+WDSR=3
< OK
state downloading
