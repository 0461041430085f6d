# A frame for an absent module, or while the disk is full, is refused, and is not done when the port or the disk is back.
set class C
start
wait 5s
port lost
downlink 0105 refused 115
port back
wait 5s
downlink 0105
event job-created by=AS app1.sample.com
sent fcnt_dn=0 delivered=1
> AT+WDSS=1,1
< OK
< +WDSI: 4
downlink 0108
event job-cancelled by=AS app1.sample.com
sent fcnt_dn=1 delivered=1
disk full
downlink 0105 refused 115
wait 10min
disk good
wait 10min
no-more job-created
