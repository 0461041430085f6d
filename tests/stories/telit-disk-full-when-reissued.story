# The disk is full in the turn that ends the question and wants the settings: both come later.
family telit
policy download accept
policy install accept
answer AT+CREG? = +CREG: 0,2|OK
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=0
< OK
wait 1min
state install-pending
answer AT+CREG? = +CREG: 0,1|OK
disk full
< #QSS: 1
wait 1min
disk good
wait 10min
settings save
wait 10s
settings has +CMEE=2/2 saved
