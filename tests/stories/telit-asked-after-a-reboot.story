# The gateway boots anew after the yes, and the module asks again: in time.
family telit
policy download accept
policy install accept
start
wait 5h
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
reboot
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
