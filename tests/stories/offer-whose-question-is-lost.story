# The line loses "may it be downloaded?", and the firmware has no AT+WDSG: the module is asked, and asks again.
policy download accept
answer AT+WDSG = ERROR
start
wait 5s
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,100000
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
wait 20min
> AT+WDSR=2,1
< OK
wait 1min
< +WDSI: 2
> AT+WDSR=3
