# The module refuses the yes and says no more: the question stays fotad's.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< ERROR
state idle
event agreement-deferred action=install answer=too late
event reissue-wanted
