# The module asks for a connection, and its status says that a package waits for its install. fotad asks whether that is so, and is killed before
# the answer: nobody has asked for an install.
policy download accept
policy install accept
answer AT+WDSG = +WDSG: 1,3|OK
answer AT+CGMI = |
start
wait 3s
< +WDSI: 1
< Sierra Wireless
< OK
> AT+WDSR=5,1
crash
answer AT+CGMI = Sierra Wireless|OK
answer AT+WDSG = +WDSG: 1,0|OK
wait 1min
state idle
count 0 AT+WDSR=4
