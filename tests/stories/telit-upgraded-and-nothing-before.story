# All indications of the download fell into noise: the one after the restart ends the silence, not the deadline.
family telit
set protocol combined
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
quiet 8min
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Module Upgraded To New FW
wait 5s
outcome succeeded
state idle
