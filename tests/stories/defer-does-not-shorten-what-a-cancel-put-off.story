# A person gave the update up: its install is put off for a day. That another then puts it off for an hour, "not now", does not
# bring it nearer; that he says yes does.
policy download accept
policy install accept
answer AT+WDSR=5,30 = OK
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
< +WDSI: 18,50
order cancel
> AT+WDSS=1,0
< OK
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
state install-pending
wait 1min
order defer install 1h
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,2|OK
answer AT+WDSR=2,1 = +CME ERROR: 3
wait 59min
< +WDSI: 3
wait 2min
explain Tue 2026-11-24 00:00
wait 1h
< +WDSI: 3
wait 1min
state install-pending
count 0 AT+WDSR=4
order accept install
> AT+WDSR=4
< OK
state installing
