# The gateway comes back with a clock of long ago: what is left is at most what it was for. When the clock is right again, it tells.
policy install accept
start
wait 5s
inhibit app1 install server for=2h
< +WDSI: 3
quiet 30min
< +WDSI: 3
quiet 30min
< +WDSI: 3
clock back 100d
reboot
inhibitors 1
< +WDSI: 3
quiet 10min
clock ahead 100d
quiet 30min
< +WDSI: 3
quiet 15min
wait 5min
event inhibitor-released what=install who=app1 why=a story by=AS app1 because=expired
> AT+WDSR=4
< OK
