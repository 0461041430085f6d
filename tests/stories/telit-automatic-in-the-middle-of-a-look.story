# An automatic update begins in the middle of a look: from there on nothing is said to a line that is frozen.
family telit
set protocol combined
policy download accept
policy install accept
start
wait 1min
answer AT#CCID = |
< #QSS: 1
> AT#CCID
< #OTAEV: Automatic Fw Upgrade Requested
state connecting
< #CCID: 89390123456789012345
< OK
quiet 5min
count 1 AT+CIMI
