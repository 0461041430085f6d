# The gateway was down for three minutes right after the yes: start and end of the download were missed, and ten minutes after the yes the module
# flashes. It is looked at when that must be over.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
crash 3min
quiet 20min
state connecting
answer AT+CGMR = 10.00.145|OK
wait 3min
event install-succeeded from=10.00.144 to=10.00.145
outcome succeeded
