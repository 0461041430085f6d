# The module is not bothered before the yes.
policy download ask min_rssi_dbm=-105
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
quiet 29min
count 1 AT+CSQ
order accept download
> AT+WDSR=3
< OK
count 5 AT+CSQ
