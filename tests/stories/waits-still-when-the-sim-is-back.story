# The same behind a SIM that was missing for hours, with a download.
policy download ask
answer AT+WDSG = ERROR
start
wait 5s
< +WDSI: 23,1
< +WDSI: 9,100000
< +WDSI: 2
state download-pending
answer AT+CPIN? = +CME ERROR: 10
< +KSUP: 2
wait 1h
state blocked
answer AT+CPIN? = +CPIN: READY|OK
answer AT+WDSR=2,1 = OK
wait 1min
count 1 AT+WDSR=2,1
state download-pending
< +WDSI: 2
order accept download
> AT+WDSR=3
< OK
