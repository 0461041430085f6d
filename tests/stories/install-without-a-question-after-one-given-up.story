# An install is given up as silent. The module comes back with its old firmware, and later installs by itself: that is
# told as an install of its own, from its beginning.
policy download accept
policy install accept
start
wait 5s
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 10
< +WDSI: 12
< +WDSI: 3
> AT+WDSR=4
< OK
< +WDSI: 14
event install-started
answer AT = |
wait 2h
event install-failed reason=no-response
answer AT = OK
wait 15min
state idle
< +WDSI: 14
event install-started
state installing
