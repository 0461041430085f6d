# Note 2.4: the server's query.
family telit
start
wait 1min
< #OTAEV: Notified
event notified kind=query
state idle
