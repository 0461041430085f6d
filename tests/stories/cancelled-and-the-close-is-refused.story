# Given up while its session is being opened; the module does not take its end yet, and goes on: it is told once more, and what the session
# brings meanwhile is neither fetched nor, where it is fetched without a question, installed.
policy download accept
policy install accept
answer AT+WDSR=5,30 = OK
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
order cancel
> AT+WDSS=1,0
< ERROR
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 10
< +WDSI: 3
wait 5s
state install-pending
explain install defer deferral: deferred until
count 0 AT+WDSR=4
