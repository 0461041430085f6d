# A module was silent for an hour, so that fotad looks at it every ten minutes only. Then it asks: it is looked at at once
# and gets its answer within 45 seconds.
policy download accept
policy install ask
start
wait 1min
answer AT = |
answer ATE0 = |
answer AT+CMEE=1 = |
port lost
port back
wait 1h
state starting
answer AT = OK
answer ATE0 = OK
answer AT+CMEE=1 = OK
wait 20s
state starting
< +WDSI: 3
wait 44s
next your answer
state install-pending
event policy-waiting action=install
