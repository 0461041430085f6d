# A setting whose command is never answered does not keep the others from coming back.
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
answer AT+CGMR = 10.00.145|OK
answer AT+CMEE? = +CMEE: 0|OK
< #OTAEV: Module Upgraded To New FW
answer AT+CLIP? = +CLIP: 1,1|OK
> AT+CMEE=2
> AT+CLIP=0
answer AT+CLIP? = +CLIP: 0,1|OK
< OK
event settings-restored count=1 refused=1 different=0 settings=+CMEE refused, +CLIP restored
quiet 1h
