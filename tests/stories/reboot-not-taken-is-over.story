# Policy allows reboots at night; nobody saw that the module was power-cycled by day, so that it waits for none. It refuses the yes, and asks again if
# it means it: until then there is nothing to answer.
policy reboot accept 02:00-03:00
set session always
start
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
wait 12h
< +WDSI: 24
> AT+WDSR=7,30
< OK
wait 13h
wait 59min
wait 59s
> AT+WDSR=6
< +CME ERROR: 3
event agreement-deferred action=reboot answer=not taken
order accept reboot refused
wait 10min
< +WDSI: 24
> AT+WDSR=6
< OK
< +KSUP: 0
