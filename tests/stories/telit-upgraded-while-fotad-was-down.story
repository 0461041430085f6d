# Nobody heard the end: fotad was down for longer than a download may take, looks, and finds the new firmware.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
wait 10s
answer AT+CGMR = 10.00.145|OK
crash 1h
wait 10s
event install-succeeded from=10.00.144 to=10.00.145
outcome succeeded
event settings-restored
