# The update takes the settings back to the factory's; what was saved before comes back, one refused, one that will not take it.
family telit
set keep #TEMPMON
answer AT#TEMPMON? = #TEMPMON: 1,2|OK
policy download accept
policy install accept
start
wait 1min
settings show
settings has +CMEE=2/ saved
settings has #TEMPMON=1,2/ saved
settings has &K=3/ saved
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
< #OTAEV: Fw Download Complete
wait 500s
answer AT+CGMR = 10.00.145|OK
answer AT+CMEE? = +CMEE: 0|OK
answer AT&V = E1 L1 M1 Q0 V1 X1 &C1 &D0 &K0|OK
answer AT#TEMPMON? = #TEMPMON: 0|OK
answer AT+CLIP? = +CLIP: 1,1|OK
answer AT#OTASUAN? = #OTASUAN: ,0,0|OK
< #OTAEV: Module Upgraded To New FW
> AT#OTASUAN=,2,1
answer AT#OTASUAN? = #OTASUAN: ,2,1|OK
< OK
outcome succeeded
> AT+CMEE=2
answer AT+CMEE? = +CMEE: 2|OK
< OK
> AT+CLIP=0
< ERROR
> AT&K3
answer AT&V = E1 L1 M1 Q0 V1 X1 &C1 &D0 &K3|OK
< OK
> AT#TEMPMON=1,2
< OK
event settings-restored count=2 refused=1 different=1 settings=+CMEE restored, +CLIP refused, &K restored, #TEMPMON different
