# A yes that came before the size is for the package whose size is told next, and for that one only.
policy download ask 00:30-04:00
answer AT+WDSR=5,30 = OK
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 2
order accept download
event ordered order=accept action=download by=story (uid 0) consent=unknown size over BHL7800.1.6.3.0.20180803, until 2026-11-24T04:00:00.000+00:00
< +WDSI: 9,1464
wait 5min
< +WDSI: 9,90000
< +WDSI: 2
wait 25min
event policy-waiting action=download because=ask: waiting for a person; the consent was for another package or version
count 0 AT+WDSR=3
