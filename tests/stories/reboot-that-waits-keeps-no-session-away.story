# A reboot waits for a person, and the module repeats its question: its session is opened again, a person can connect, update and push a file.
policy install ask
set session always
start
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
< +WDSI: 24
< +WDSI: 8
wait 1min
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
wait 30min
< +WDSI: 24
order connect
order update
wait 1min
order accept reboot
> AT+WDSR=6
< OK
