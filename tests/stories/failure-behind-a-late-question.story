# fotad dies as it grants, and hears the question once more that came before. The module goes away and comes back with the failure of its install:
# that is what became of the question, and nothing is granted a second time.
policy download accept
policy install accept
start
wait 5s
< +WDSI: 3
> AT+WDSR=4
crash
wait 1s
answer AT = RING
< +WDSI: 3
port lost
wait 5min
port back
< +WDSI: 0
< +WDSI: 15
answer AT = OK
wait 1min
event install-failed
state idle
count 1 AT+WDSR=4
outcome failed update-failed
