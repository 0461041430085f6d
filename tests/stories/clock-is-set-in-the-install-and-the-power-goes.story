# The gateway's clock is a day behind when the install begins, and set right in it; then the power goes. By the wall clock the install
# would have begun a day ago: it began minutes ago, and nothing is said to the module.
policy download accept
policy install accept
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
> AT+WDSR=4
< OK
< +WDSI: 14
wait 1min
clock ahead 24h
wait 1min
reboot
state installing
quiet 5min
< +WDSI: 16
state confirming
