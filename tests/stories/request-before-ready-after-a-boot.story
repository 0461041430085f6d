# A module that boots asks again (3) before it is ready (0): that 0 is no restart, nothing is said while it flashes.
policy install accept
start
wait 5s
port lost
wait 1min
port back
wait 4s
< +WDSI: 3
> AT+WDSR=4
< OK
< +WDSI: 0
state installing
quiet 10min
