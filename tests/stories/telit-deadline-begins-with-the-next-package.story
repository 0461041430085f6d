# A question had waited for most of its deadline when fotad was killed. Meanwhile the server updated the module by itself, and asks for the next
# package before the new version is read: that is another question, and its time begins now.
family telit
set protocol sms
policy download accept
policy install ask deadline=2h
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
wait 100min
answer AT+CGMR = 10.00.154|OK
answer AT+CSQ = |
crash
wait 3s
< #OTAEV: Module Upgraded To New Fw
< #OTAEV: Server notified about successful FW Upgrade
< #OTAEV: Do you want to upgrade the firmware?
< +CSQ: 20,99
< OK
event install-succeeded from=10.00.144 to=10.00.154
state install-pending
answer AT+CSQ = +CSQ: 20,99|OK
wait 1s
event policy-waiting action=install until=2026-11-23T03:41:04.000+00:00
