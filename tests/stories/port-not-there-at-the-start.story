# The module is not plugged in when fotad starts.
port lost
start
wait 2min
state absent
next its port
explain install hold module: its port is not there: /dev/sim0; needs its port to be there; a person's yes
port back
wait 10s
state idle
