# Note 2.2.3.2, FTP error in the download: the module goes on working.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
wait 30s
< #OTAEV: Start Fw Download
wait 60s
< #OTAEV: OTA FW Upgrade Failed
event download-failed reason=transfer-error
outcome failed transfer-error
state idle
# nothing was flashed: no alarm about settings or versions
no-event settings-restored
no-event unsanctioned-change
