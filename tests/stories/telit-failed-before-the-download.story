# Note 2.2.3.2, context activation error: the module goes on working.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
wait 30s
< #OTAEV: OTA FW Upgrade Failed
event download-failed reason=activation-failed
outcome failed activation-failed
state idle
# nothing was flashed: no alarm about settings or versions
no-event settings-restored
no-event unsanctioned-change
