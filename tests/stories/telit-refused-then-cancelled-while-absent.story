# The server asked outside the window and was told no; the update is given up while the port is away: the server is not told to ask again.
family telit
set protocol sms
policy download accept
policy install accept 12:00-13:00
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=0
< OK
state install-pending
port lost
order cancel
outcome failed cancelled
port back
wait 1min
state idle
wait 72h
no-event reissue-wanted
