# Ten minutes after the yes nothing was heard, and the module knows of no update: the job ends with a reason.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
quiet 9min
wait 3min
event install-failed reason=activation-failed
outcome failed activation-failed
state idle
