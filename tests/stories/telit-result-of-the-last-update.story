# The server's word about the last update comes in the next one: it is no result of that.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
< #OTAEV: Fw Download Complete
wait 500s
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Module Upgraded To New FW
wait 2min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Server notified about successfull FW Upgrade
wait 5s
state connecting
