# fotad starts and finds an update running that it knows nothing of: it is followed, and told as one that nobody sanctioned.
family telit
policy download accept
policy install accept
answer AT#OTAIPUPD? = #OTAIPUPD: 1|OK
start
wait 5s
event download-started
state downloading
order update refused
quiet 2min
< #OTAEV: Fw Download Complete
quiet 500s
answer AT#OTAIPUPD? = #OTAIPUPD: 0|OK
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Module Upgraded To New FW
wait 5s
event install-succeeded from=10.00.144 to=10.00.145
event unsanctioned-change cause=server
outcome succeeded
