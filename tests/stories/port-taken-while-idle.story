# Another program has the port: said with its name, and taken up again when it lets go.
start
wait 10s
port refused
event port-busy holder=ModemManager
state blocked
explain install hold module: its port is held by ModemManager; needs the port to be let go
wait 30min
no-more port-busy
port back
wait 10s
state idle
