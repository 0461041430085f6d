# ... and when it was installed meanwhile, that is seen before the next is answered.
family telit
policy download accept
policy install accept
start
wait 10s
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
state downloading
crash 6min
quiet 30s
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Do you want to upgrade the firmware?
wait 5s
event agreement-requested action=install
event install-succeeded from=10.00.144 to=10.00.145
wait 40s
> AT#OTASUAN=0
