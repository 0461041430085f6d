# The job of a silent module ends, and when that answers again it is idle.
family telit
policy download accept
policy install ask
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=0
< OK
wait 1min
answer AT = |
answer AT+CGMI = |
wait 200h
answer AT = OK
answer AT+CGMI = Telit|OK
wait 1h
state idle
