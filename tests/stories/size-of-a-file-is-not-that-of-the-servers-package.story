# A file waits to be pushed, and the line falls silent. When it is back, the module has a package of its server's, whose size fotad did not hear:
# that of the file is not taken for it, and the file gives way.
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
answer AT = RING
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,2|OK
wait 5min
answer AT = OK
> AT+WDSR=2,1
< OK
outcome superseded agreement-pending
state download-pending
wait 1min
< +WDSI: 2
wait 10s
state download-pending
count 0 AT+WDSR=3
