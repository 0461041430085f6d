# Telit: the module says that its update has failed, and what it tells of its registration falls between the
# version and its OK.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
wait 1min
< #OTAEV: Fw Download Complete
wait 5min
answer AT+CGMR = 10.00.144|+CREG: 1|OK
< #OTAEV: OTA FW Upgrade Failed
wait 2min
outcome failed package-corrupt
no-event install-succeeded
