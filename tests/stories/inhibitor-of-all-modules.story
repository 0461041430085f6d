# One that names no module is about all of them.
modules 2
module 0
policy install accept
module 1
policy install accept
start
wait 5s
inhibit backup install all
module 0
< +WDSI: 3
module 1
< +WDSI: 3
quiet 20min
release backup
module 0
> AT+WDSR=4
< OK
quiet 1min
