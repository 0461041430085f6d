# The server's update begins while fotad identifies the module: what it was about to say did not know of that, and holds inhibited commands
# (note, 2.1.2).
family telit
policy download accept
policy install accept
answer AT+CPIN? = |
start
wait 1s
count 1 AT+CPIN?
< #OTAEV: Automatic Fw Upgrade Requested
< +CPIN: READY
< OK
quiet 20s
count 0 AT+CGCLASS?
state connecting
answer AT+CPIN? = +CPIN: READY|OK
< #OTAEV: OTA FW Upgrade Failed
wait 1s
outcome failed activation-failed
count 2 AT+CGCLASS?
state idle
