# A session that stays open costs the module a look a day, and none before the first 20 minutes are over.
set session always
start
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
count 1 AT+WDSS?
wait 19min
count 1 AT+WDSS?
wait 11h
count 6 AT+WDSS?
wait 16h
count 7 AT+WDSS?
wait 10d
count 18 AT+WDSS?
