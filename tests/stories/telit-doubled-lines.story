# Lines come twice, and questions that make no sense any more: one update, one answer.
family telit
start
wait 1min
< #OTAEV: Automatic Fw Upgrade Requested
< #OTAEV: Automatic Fw Upgrade Requested
state connecting
< #OTAEV: Start Fw Download
< #OTAEV: Do you want to upgrade the firmware?
state downloading
quiet 1min
< #OTAEV: Fw Download Complete
answer AT+CGMM = |
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Module Upgraded To New FW
state confirming
< #OTAEV: OTA FW Upgrade Failed
answer AT+CGMM = GE865-QUAD|OK
wait 3min
outcome succeeded
< #OTAEV: Server notified about successfull FW Upgrade
event notified kind=result
< #OTAEV: Server notified about successfull FW Upgrade
event notified kind=result
