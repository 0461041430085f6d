# Fifty minutes are fifty minutes, whatever becomes of the clock: NTP sets it ahead while they last, and somebody sets it back.
policy download accept
policy install accept
start
wait 1min
< +WDSI: 9,6065
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18,100
order defer install 50min
clock ahead 10d
< +WDSI: 10
< +WDSI: 3
> AT+WDSR=5,30
< OK
event agreement-deferred action=install minutes=30
wait 25min
clock back 300d
wait 5min
< +WDSI: 3
event policy-waiting action=install
quiet 19min
wait 1min
> AT+WDSR=4
< OK
