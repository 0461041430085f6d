# What was cancelled is put off for a day of the module's time, not of a clock that is set.
policy download accept
policy install accept
start
wait 1min
< +WDSI: 9,6065
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
order cancel
> AT+WDSS=1,0
< OK
< +WDSI: 8
clock ahead 10d
< +WDSI: 18,100
< +WDSI: 10
< +WDSI: 3
> AT+WDSR=5,30
< OK
