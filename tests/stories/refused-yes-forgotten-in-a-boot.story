# A download is put off until the night. By day the module is power-cycled: its session is closed, and it asks for nothing before the next one, though
# AT+WDSG tells of a package. At night it refuses the yes; when it has not asked again it is asked whether it waits for one, and the session is opened
# in which it asks.
policy download accept 01:00-05:00
policy install accept
set session always
start
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
wait 20s
< +WDSI: 9,100000
< +WDSI: 2
> AT+WDSR=2,30
< OK
wait 5min
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,2|OK
answer AT+WDSR=2,1 = +CME ERROR: 3
< +KSUP: 0
< +WDSI: 0
wait 54min
wait 30s
> AT+WDSR=3
< +CME ERROR: 3
wait 35min
event download-failed reason=cancelled
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,1|OK
< +WDSI: 9,100000
< +WDSI: 2
> AT+WDSR=3
< OK
state downloading
