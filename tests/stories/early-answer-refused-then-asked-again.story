# A person says yes during a deferral; this module takes no early answer: fotad does not repeat it, and answers once it is asked again. The history
# tells that the yes was not taken.
policy download accept
policy install defer
start
wait 5s
order update
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
> AT+WDSR=5,30
< OK
wait 10min
order accept install
> AT+WDSR=4
< +CME ERROR: 3
event agreement-accepted action=install
event agreement-deferred action=install
state install-pending
next install deferred, asked again
explain install hold module: it takes no answer until it asks again, Mon 2026-11-23 00:31 at the latest; needs the module to ask again, by Mon 2026-11-23 00:31 at the latest
quiet 20min
< +WDSI: 3
> AT+WDSR=4
< OK
state installing
count 2 AT+WDSR=4
