# Ten minutes before its deadline the package that is asked about is replaced by the server with a smaller one. Nobody had a chance
# to look at that: its own two hours begin. That the session is opened anew and the same package offered once more changes nothing.
policy download ask deadline=2h
set session always
start
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,1|OK
answer AT+WDSR=2,1 = OK
< +WDSI: 9,40027
< +WDSI: 2
wait 30min
< +WDSI: 2
wait 30min
< +WDSI: 2
wait 30min
< +WDSI: 2
wait 20min
< +WDSI: 9,24893
< +WDSI: 2
event agreement-requested action=download bytes=40027
event agreement-requested action=download bytes=24893
explain deadline: Mon 2026-11-23 03:50, 2h after it was first asked for
wait 10min
< +WDSI: 9,24893
< +WDSI: 2
no-more agreement-requested
explain deadline: Mon 2026-11-23 03:50, 2h after it was first asked for
wait 20min
< +WDSI: 2
wait 30min
< +WDSI: 2
wait 30min
< +WDSI: 2
wait 29min
state download-pending
count 0 AT+WDSR=3
wait 1min
> AT+WDSR=3
