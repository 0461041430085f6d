# While the clock is not trusted windows are closed, and the next one of a wrong calendar is none: the yes is good for the first one of the
# right one. fotad starts with a clock that stands in the past; NTP sets it.
policy download accept
policy install ask 02:00-04:00
start
wait 5s
event module-identified
clock back 400d
crash
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
order accept install
event ordered order=accept
wait 4min
clock ahead 400d 1h 40min
quiet 15min
wait 1min
> AT+WDSR=4
< OK
