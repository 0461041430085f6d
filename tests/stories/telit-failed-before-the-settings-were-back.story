# An automatic update comes before the settings of the last one are back, and fails: they are still due.
family telit
policy download accept
policy install accept
start
wait 1min
answer AT+CGMR = 10.00.145|OK
answer AT+CMEE? = +CMEE: 0|OK
< #QSS: 1
> AT+CMEE=2
< #OTAEV: Automatic Fw Upgrade Requested
wait 1s
< #OTAEV: OTA FW Upgrade Failed
> AT+CMEE=2
