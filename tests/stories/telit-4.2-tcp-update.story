# Premium FOTA note, figure 3 and 4.2: the module begins. Nobody is asked by it, so the question is fotad's own and is answered by policy.
family telit
set protocol tcp
set server_address 203.0.113.5
policy download accept
policy install ask
start
wait 10s
# policy asks a person for what ends contexts
count 0 AT#OTASNAIP=9090,"203.0.113.5"
order register
> AT#OTASNAIP=9090,"203.0.113.5"
event registration-granted by=an order
< OK
< #OTAEV: Registered
wait 10s
order update
state install-pending
event agreement-requested action=install by=story (uid 0)
quiet 1h
order accept install
> AT#OTAIPCFG=9090,"203.0.113.5"
< OK
> AT#OTAIPUPD
< OK
state connecting
quiet 20s
< #OTAEV: Start Fw Download
< #OTAEV: Fw Download Complete
state installing
quiet 500s
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Module Upgraded To New FW
wait 5s
event install-succeeded from=10.00.144 to=10.00.145
outcome succeeded
wait 1min
< #OTAEV: Server notified about successful FW Upgrade
event notified kind=result
count 1 AT#OTAIPUPD
