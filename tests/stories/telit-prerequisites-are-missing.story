# fotad may not set them: the request is held, refused in time, and explained.
family telit
set fix_prerequisites false
answer AT#GAUTOATT? = #GAUTOATT: 0|OK
answer AT+IPR? = +IPR: 0|OK
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
event policy-waiting because=missing: #GAUTOATT=1, a fixed +IPR
> AT#OTASUAN=0
< OK
quiet 1h
count 0 AT#GAUTOATT=1
