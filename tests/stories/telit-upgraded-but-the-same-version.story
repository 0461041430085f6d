# It says that it was upgraded, and runs what it ran before: no success.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
< #OTAEV: Fw Download Complete
wait 500s
< #OTAEV: Module Upgraded To New FW
wait 5s
event install-failed reason=version-unchanged
outcome failed version-unchanged
