# An ordered update waits for its window, and is given up just while the port is away: it is over. fotad does not start it the day after.
family telit
set protocol tcp
policy download accept
policy install accept 12:00-13:00
start
wait 1min
order update
state install-pending
port lost
state absent
order cancel
outcome failed cancelled
wait 1min
port back
wait 1min
state idle
crash
wait 72h
state idle
count 0 AT#OTAIPUPD
order update
state install-pending
wait 24h
> AT#OTAIPUPD
