# Nothing was heard of how the download ended, and the module asks for the next package: who downloads does not ask. Its settings are
# restored before it gets a yes.
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
< #OTAEV: Do you want to upgrade the firmware?
event agreement-requested action=install
event agreement-requested action=install
wait 45s
> AT#OTASUAN=0
