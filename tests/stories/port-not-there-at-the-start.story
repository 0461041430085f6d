# The module is not plugged in when fotad starts.
port lost
start
wait 2min
state absent
next its port
port back
wait 10s
state idle
