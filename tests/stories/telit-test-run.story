# Note 2.3: the server tries its protocol out. No restart, the same version, and the server is told: neither a success nor an alarm.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
wait 30s
< #OTAEV: Fw Download Complete
wait 10s
< #OTAEV: Server notified about successfull FW Upgrade
wait 5s
event notified kind=test
outcome test-run test-run
no-event install-failed
no-event install-succeeded
