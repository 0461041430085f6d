# Class A: a frame waits for the module's next uplink, also over a restart of fotad; two take two uplinks, and the answer to
# the first is one.
set class A
start
wait 5s
downlink 0101
downlink 0105 ValidityTime=60
quiet 30s
crash
wait 5s
# starting reported that the module was there again
sent fcnt_dn=0 delivered=1 cause1=00 cause2=00 slot=1
sent fcnt_dn=1 delivered=1 cause1=00 cause2=00 slot=1
event job-created by=AS app1.sample.com
> AT+WDSS=1,1
< OK
< +WDSI: 4
downlink 0102 ValidityTime=30
wait 31s
sent fcnt_dn=2 delivered=0 cause1=b0 cause2=b0 slot=0
quiet
