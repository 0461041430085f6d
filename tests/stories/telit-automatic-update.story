# An update that the server starts and that can't be refused: recorded, followed, and told as a change that nobody sanctioned.
family telit
policy download defer
policy install defer
start
wait 1min
< #OTAEV: Automatic Fw Upgrade Requested
event agreement-requested action=install by=server kind=automatic
state connecting
order cancel refused
command refused AT+CGATT=0
event command-blocked
< #OTAEV: Start Fw Download
< #OTAEV: Fw Download Complete
state installing
quiet 520s
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Module Upgraded To New FW
wait 5s
event install-succeeded from=10.00.144 to=10.00.145
event unsanctioned-change from=10.00.144 to=10.00.145 cause=server
outcome succeeded
count 0 AT#OTASUAN=0
count 0 AT#OTASUAN=1
