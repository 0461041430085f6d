# The package was bad, and the server sends it again by itself: what fotad was about to say to a module that does nothing is not said.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
< #OTAEV: Fw Download Complete
answer AT+CPIN? = |
< #OTAEV: OTA FW Upgrade Failed
state confirming
count 3 AT+CGCLASS?
< #OTAEV: Start Fw Download
< +CPIN: READY
< OK
quiet 20s
state downloading
count 3 AT+CGCLASS?
answer AT+CPIN? = +CPIN: READY|OK
< #OTAEV: Fw Download Complete
quiet 500s
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Module Upgraded To New FW
wait 5s
outcome succeeded
