# The application server sees the whole update through, as a person would: its yes is for a request that is open, and one
# grant leaves for it, however often the request comes.
policy download accept
set class C
start
wait 5s
# accept install: nothing is asked yet, which the answer says; the frame itself was delivered
downlink 0103030102
sent fcnt_dn=0 delivered=1 cause1=00 cause2=00 slot=2
downlink 0105 CorrelationID=4434704901C7450B
sent fcnt_dn=1 delivered=1 cause1=00 cause2=00 slot=2 correlation=4434704901C7450B
event job-created source=person by=AS app1.sample.com
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
state install-pending
quiet 1min
downlink 0103030102 Confirmed=1
> AT+WDSR=4
event agreement-accepted action=install by=AS app1.sample.com
< OK
< +WDSI: 14
state installing
# it flashes: refused in words, not tried again
downlink 0102
sent fcnt_dn=2
sent fcnt_dn=3 delivered=1
quiet 1min
