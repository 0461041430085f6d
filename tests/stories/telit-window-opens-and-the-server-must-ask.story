# The window opens, and only the server can begin: that is no moment at which it happens by itself.
family telit
policy download accept
policy install accept 03:00-05:00
start
wait 10min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=0
< OK
explain needs the update server to ask again
wait 2h 51min
event reissue-wanted action=install by=policy
state idle
explain the update server was told to ask again; needs the update server to ask again
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
state connecting
