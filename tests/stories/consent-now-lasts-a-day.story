# "now" is for now: whatever holds it back, it lasts a day, and not until the next window.
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
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,3|OK
inhibit boss install
order accept install now
event ordered order=accept action=install by=story (uid 0) consent=1464 B over BHL7800.1.6.3.0.20180803, until 2026-11-24T00:00:06.000+00:00, windows or not
wait 25h
release boss
wait 1h
count 0 AT+WDSR=4
order accept install now
> AT+WDSR=4
