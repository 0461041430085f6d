# Its first "ready" came before fotad did. It says yes to a download, and a restart takes that along: the module asks anew, soon,
# and the line is no doubled one.
policy download accept
start
wait 10min
< +WDSI: 9,13845
< +WDSI: 2
> AT+WDSR=3
< OK
wait 10s
answer AT+CGMI = |
< +WDSI: 0
< +WDSI: 9,13845
< +WDSI: 2
answer AT+CGMI = Sierra Wireless|OK
> AT+WDSR=3
< OK
count 2 AT+WDSR=3
state downloading
