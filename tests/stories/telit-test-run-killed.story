# Note 2.3 once more: the server has the result, and fotad is killed before it has looked at the version.
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
answer AT+CGMR = |
< #OTAEV: Server notified about successfull FW Upgrade
crash
answer AT+CGMR = 10.00.144|OK
wait 2min
outcome test-run test-run
no-event install-failed
no-event install-succeeded
