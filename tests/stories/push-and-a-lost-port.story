# The port goes away after the last block; the module asks to install the file when it is back.
policy install accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update file
> AT+WDSD=3000
receive
port lost
port back
wait 5s
< +WDSI: 3
wait 10s
no-event job-superseded
