# Premium FOTA note, figure 1 and 2.2: registration by SMS, provisioning, the request, the yes, download, validation and flashing in silence,
# restart, the server is told.
family telit
set server_number +393491234567
policy download accept
policy install accept
answer AT+CGMR = 07.02.104-B004|OK
start
> AT#OTASNAP="+393491234567"
< OK
wait 20s
< #OTAEV: Registered
event registered
wait 5s
< #OTAEV: Provisioned
event provisioned
wait 1h
state idle
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
event agreement-requested action=install
event agreement-accepted action=install
state connecting
wait 30s
< #OTAEV: Start Fw Download
state downloading
event download-started
wait 90s
< #OTAEV: Fw Download Complete
event download-completed
event install-started from=07.02.104-B004
state installing
# about 80 s validation and 440 s flashing: not a byte
quiet 520s
answer AT+CGMR = 07.02.104-B005|OK
< #OTAEV: Module Upgraded To New FW
wait 5s
event install-succeeded from=07.02.104-B004 to=07.02.104-B005
outcome succeeded
event settings-restored
wait 20s
< #OTAEV: Server notified about successfull FW Upgrade
event notified kind=result
state idle
count 1 AT#OTASUAN=1
count 1 AT#OTASNAP="+393491234567"
