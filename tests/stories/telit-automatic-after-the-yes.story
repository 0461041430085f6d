# The yes came too late, as the module says, and its ERROR is still on the way when the server begins without asking: that goes on.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< #OTAEV: User Answer Timeout
event agreement-deferred action=install answer=too late
< #OTAEV: Automatic Fw Upgrade Requested
state connecting
< ERROR
state connecting
< #OTAEV: Start Fw Download
state downloading
