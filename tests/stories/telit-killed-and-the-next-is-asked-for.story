# fotad was down when a download that the server had begun failed, and its end was told. The module asks for the next package: that
# is no doubled line of the one before. Nobody knows whether anything was flashed, so the settings come first.
family telit
policy download accept
policy install ask
start
wait 10s
< #OTAEV: Automatic Fw Upgrade Requested
< #OTAEV: Start Fw Download
state downloading
crash 6min
state downloading
quiet 30s
< #OTAEV: Do you want to upgrade the firmware?
event agreement-requested action=install
state install-pending
wait 40s
> AT#OTASUAN=0
