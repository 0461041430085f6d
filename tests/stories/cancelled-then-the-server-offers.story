# Nobody else's package is held back by a cancel of weeks ago, nor by one of before there was a package.
policy download accept
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
wait 1min
order cancel
> AT+WDSS=1,0
< OK
< +WDSI: 8
wait 1h
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,100000
< +WDSI: 2
> AT+WDSR=3
