# The module restarts before it asks for a block, then fotad is killed: the hop is sent again.
policy install accept
hop BHL7800.1.6.3.0.20180803 BHL7800.1.6.9.0.20190101
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
< +WDSI: 0
wait 5s
order update package
> AT+WDSD=5000
< +WDSI: 0
state downloading
crash
wait 5min
> AT+WDSD=5000
