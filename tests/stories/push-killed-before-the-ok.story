# fotad is killed between the last block and OK, and the module asks early: it is the hop of the chain.
policy install accept
hop BHL7800.1.6.3.0.20180803 BHL7800.1.6.9.0.20190101
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update package
> AT+WDSD=5000
receive
answer AT+CCID = |
crash
wait 1s
< +WDSI: 3
answer AT+CCID = +CCID: 89330123456789012342|OK
wait 1min
no-event job-superseded
> AT+WDSR=4
< OK
state installing
