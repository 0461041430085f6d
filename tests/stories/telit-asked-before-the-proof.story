# An automatic update is over, and before its version was read the server asks for the next one. The first job ends as
# what it was; the second is another job, and nothing about it is unsanctioned.
family telit
set protocol sms
policy download accept
policy install ask
start
wait 1min
< #OTAEV: Automatic Fw Upgrade Requested
< #OTAEV: Start Fw Download
< #OTAEV: Fw Download Complete
wait 9min
answer AT+CGMR = 10.00.154|OK
answer AT+CSQ = |
< #OTAEV: Module Upgraded To New Fw
wait 5s
< #OTAEV: Do you want to upgrade the firmware?
< +CSQ: 20,99
< OK
event install-succeeded from=10.00.144 to=10.00.154
event unsanctioned-change cause=server
outcome succeeded
event job-created source=server from=10.00.154
state install-pending
