# ask: the request stays unanswered (the module repeats it every 30 minutes and takes a late answer) until a person says yes.
policy download accept
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
event policy-waiting action=install
state install-pending
quiet 30min
< +WDSI: 3
quiet 29min
state install-pending
order connect refused
order accept download refused
order accept install
> AT+WDSR=4
event agreement-accepted action=install by=story (uid 0)
< OK
