# What holds downloads back holds no installs back, and what is about one module not those of another.
modules 2
module 0
policy install accept
module 1
policy install accept
start
wait 5s
module 0
inhibit backup install
module 1
inhibit other download
< +WDSI: 3
> AT+WDSR=4
< OK
module 0
< +WDSI: 3
event policy-waiting action=install because=1 of 1 modules that may be down at a time
quiet 1min
