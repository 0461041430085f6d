# Nothing else is missing: then the radio is read, and must be good for half a minute. A bad one is looked at every minute.
policy download accept min_rssi_dbm=-105 roaming=false
policy install accept
answer AT+CSQ = +CSQ: 3,99|OK
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
wait 2s
event policy-waiting action=download because=signal -107 dBm
state download-pending
wait 3min
quiet
next download: signal -107 dBm (min_rssi_dbm: -105), in the home network
answer AT+CSQ = +CSQ: 20,99|OK
answer AT+CEREG? = +CEREG: 0,5|OK
wait 62s
quiet
next download: signal -73 dBm (min_rssi_dbm: -105), roaming
answer AT+CEREG? = +CEREG: 0,1|OK
wait 62s
quiet
next download: signal -73 dBm (min_rssi_dbm: -105), in the home network: for 
wait 20s
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
> AT+WDSR=4
< OK
