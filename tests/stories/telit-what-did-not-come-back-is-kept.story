# A setting that the module refused after the update stays saved, so that a person can try again; saving anew is the person's word.
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
answer AT+CLIP? = +CLIP: 1,1|OK
< #OTAEV: Module Upgraded To New FW
> AT+CLIP=0
< ERROR
wait 5s
event settings-restored count=0 refused=1 different=0 settings=+CLIP refused
quiet 1h
settings show
settings has +CLIP=0/ saved
settings restore
> AT+CLIP=0
answer AT+CLIP? = +CLIP: 0,1|OK
< OK
wait 5s
settings has +CLIP=0/0 restored
