# Registering over TCP ends calls and contexts, so it asks as an install does: that is shown, and a person's word does it.
family telit
set protocol tcp
set server_address 203.0.113.5
policy download accept
policy install ask
start
quiet 1h
next policy to allow the registration, or you: fotactl register modem0
order register
> AT#OTASNAIP=9090,"203.0.113.5"
< OK
next the update server to confirm the registration
