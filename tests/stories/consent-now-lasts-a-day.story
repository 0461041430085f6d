# "now" is for now: a module that is away takes it along for a day, not until its next window.
policy download accept
policy install ask Sat 02:00-04:00
answer AT+WDSR=5,30 = OK
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
wait 1s
port lost
order accept install now
event ordered order=accept action=install by=story (uid 0) consent=1464 B over BHL7800.1.6.3.0.20180803, until 2026-11-24T00:00:06.000+00:00, windows or not
wait 25h
port back
wait 30s
< +WDSI: 3
wait 1h
count 0 AT+WDSR=4
