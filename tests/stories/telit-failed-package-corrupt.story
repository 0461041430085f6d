# Note 2.2.3.2, delta file corruption: found in the validation, and the module goes on with its old firmware.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
wait 90s
< #OTAEV: Fw Download Complete
quiet 80s
< #OTAEV: OTA FW Upgrade Failed
wait 5s
event install-failed reason=package-corrupt
outcome failed package-corrupt
state idle
