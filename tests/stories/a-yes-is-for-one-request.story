start
wait 5s
< +WDSI: 25
quiet 1min
order accept uninstall
> AT+WDSR=8
< OK
wait 1h
< +WDSI: 25
quiet 1h
count 1 AT+WDSR=8
