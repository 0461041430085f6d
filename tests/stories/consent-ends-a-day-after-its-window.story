# A yes is for the next window, and a day more; nobody thinks of it any more in the one after. The clock is set
# instead of letting two days pass, in which the module would ask again a hundred times.
policy download accept
policy install ask 00:30-04:00
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
order accept install
event ordered order=accept action=install by=story (uid 0) consent=1464 B over BHL7800.1.6.3.0.20180803, until 2026-11-24T04:00:00.000+00:00
clock ahead 49h
wait 10min
event policy-waiting action=install because=ask: waiting for a person; the consent has run out rule=decision
count 0 AT+WDSR=4
next your answer: fotactl accept modem0 install
