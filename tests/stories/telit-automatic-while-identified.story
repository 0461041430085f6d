# The server's update begins while fotad identifies the module: what it was about to say did not know of that, and holds commands that are
# inhibited then (note, 2.1.2). It looks anew, with care.
family telit
policy download accept
policy install accept
answer AT#OTASUAN? = #OTASUAN: ,0,0|OK
answer AT+CPIN? = |
start
wait 3s
count 1 AT+CPIN?
answer AT+CPIN? = +CPIN: READY|OK
< #OTAEV: Automatic Fw Upgrade Requested
< +CPIN: READY
< OK
quiet 20s
count 2 AT+CGMI
count 0 AT+CGCLASS?
state connecting
answer AT#OTASUAN? = #OTASUAN: ,2,1|OK
< #OTAEV: OTA FW Upgrade Failed
wait 1s
outcome failed activation-failed
state idle
