# The module does not wait for the answer: what nobody agreed to is followed to its end, and told.
family telit
policy download accept
policy install ask
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
wait 10s
< #OTAEV: Start Fw Download
state downloading
< #OTAEV: OTA FW Upgrade Failed
outcome failed transfer-error
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
wait 10s
< #OTAEV: OTA FW Upgrade Failed
state idle
outcome failed activation-failed
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
wait 10s
< #OTAEV: Fw Download Complete
state installing
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Module Upgraded To New FW
wait 5s
event unsanctioned-change
