# Nothing was heard of how the download ended, and the module asks for the next package: who downloads does not ask. It may have been
# installed, so that its version is read and its settings are restored before it gets a yes.
family telit
policy download accept
policy install accept
start
wait 10s
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
wait 5s
< #OTAEV: Do you want to upgrade the firmware?
quiet 30s
state downloading
wait 5min
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Do you want to upgrade the firmware?
event agreement-requested action=install
event agreement-requested action=install
wait 5s
event install-succeeded from=10.00.144 to=10.00.145
wait 40s
> AT#OTASUAN=0
< OK
wait 2min
event settings-restored
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
