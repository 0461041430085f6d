# The registration waits for a window, and the update for the registration: it is asked for when the window opens.
family telit
set protocol tcp
set server_address 203.0.113.5
policy download accept
policy install accept max_size=100000 02:00-02:20
start
wait 2min
order update
wait 1min
state install-pending
explain hold
wait 1h 57min 30s
count 1 AT#OTASNAIP=9090,"203.0.113.5"
