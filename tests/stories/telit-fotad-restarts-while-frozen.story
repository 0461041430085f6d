# fotad is killed in the middle: it only listens until the module speaks.
family telit
set protocol combined
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
wait 1s
crash
quiet 20s
state connecting
< #OTAEV: Start Fw Download
crash
quiet 60s
state downloading
< #OTAEV: Fw Download Complete
crash
quiet 520s
state installing
answer AT+CGMR = 10.00.145|OK
answer AT#OTASUAN? = #OTASUAN: ,2,0|OK
< #OTAEV: Module Upgraded To New FW
> AT#OTASUAN=,2,1
answer AT#OTASUAN? = #OTASUAN: ,2,1|OK
< OK
wait 5s
event settings-restored
no-event consent-drift
outcome succeeded
count 1 AT#OTASUAN=1
