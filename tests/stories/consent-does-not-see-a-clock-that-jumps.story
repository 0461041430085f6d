# A yes without windows is good for a day, also when the clock is set ahead meanwhile.
policy download accept
policy install ask
start
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
inhibit backup install
order accept install
clock ahead 3d
quiet 10min
release backup
> AT+WDSR=4
< OK
