# The deadline is over, the server is told to ask again, and its question gets a yes: it was asked for long ago.
family telit
set server_number +393491234567
answer AT#OTASNAP="+393491234567" = OK
policy download accept
policy install ask deadline=2h on_deadline=accept
start
wait 1min
< #OTAEV: Registered
wait 10min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=0
< OK
wait 2h
event reissue-wanted action=install by=policy
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
