# It asks again although it took the yes: it gets it again.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
wait 30s
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
