# The server's word comes at power on, before fotad has seen module and SIM for the first time: it is about them, and no SIM was moved.
family telit
set server_number +393491234567
policy download accept
policy install accept
answer AT = |
start
wait 1s
< #OTAEV: Registered
event registered
answer AT = OK
answer AT#OTASNAP="+393491234567" = OK
wait 1min
count 0 AT#OTASNAP="+393491234567"
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
