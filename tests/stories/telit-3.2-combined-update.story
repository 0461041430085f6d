# Premium FOTA note, figure 2 and 3.2: registration over TCP, the request by SMS, then everything over TCP. The line is frozen from the yes on.
family telit
set protocol combined
set server_address 203.0.113.5
set own_number +393331234567
set apn web.example.com
answer AT+CGDCONT? = +CGDCONT: 1,"IP","web.example.com"|OK
policy download accept
policy install accept
start
# the registration ends calls and contexts: it passes the policy of an install
> AT#OTASNAIPCFG=?
< #OTASNAIPCFG: (0,1)
< OK
> AT#OTASNAIPCFG=0,"web.example.com"
< OK
> AT#OTASNAIP=9090,"203.0.113.5","+393331234567"
< OK
wait 5s
< #OTAEV: Registered
event registered
wait 10min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
state connecting
wait 30s
< #OTAEV: Start Fw Download
state downloading
quiet 90s
command refused AT+CSQ
event command-blocked command=AT+CSQ
< #OTAEV: Fw Download Complete
state installing
quiet 520s
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Module Upgraded To New FW
wait 5s
outcome succeeded
< #OTAEV: Server notified about successfull FW Upgrade
event notified kind=result
count 1 AT#OTASUAN=1
