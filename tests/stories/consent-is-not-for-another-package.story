# A yes to the download of one package is none to the one that the server puts in its place.
policy download ask 00:30-04:00
answer AT+WDSR=5,30 = OK
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
order accept download
wait 5min
< +WDSI: 9,90000
< +WDSI: 2
wait 26min
event policy-waiting action=download because=ask: waiting for a person; the consent was for another package or version rule=decision
next your answer: fotactl accept modem0 download
count 0 AT+WDSR=3
order accept download
> AT+WDSR=3
< OK
event agreement-accepted action=download by=story (uid 0) bytes=90000 consent=90000 B over BHL7800.1.6.3.0.20180803, until 2026-11-24T04:00:00.000+00:00 because=ask: accepted by story (uid 0) rule=decision
