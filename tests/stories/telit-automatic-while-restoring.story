# An automatic update begins while the settings are restored: they are restored after it, not given up.
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
answer AT+CMEE? = +CMEE: 0|OK
< #OTAEV: Module Upgraded To New FW
> AT+CMEE=2
< #OTAEV: Automatic Fw Upgrade Requested
answer AT+CMEE? = +CMEE: 2|OK
< OK
wait 5s
< #OTAEV: Start Fw Download
< #OTAEV: Fw Download Complete
wait 500s
answer AT+CMEE? = +CMEE: 0|OK
answer AT+CGMR = 10.00.146|OK
< #OTAEV: Module Upgraded To New FW
> AT+CMEE=2
