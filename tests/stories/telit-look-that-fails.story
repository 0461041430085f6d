# A look that fails is tried again after a while, not at once and for ever.
family telit
policy download accept
policy install accept
start
wait 1min
answer AT+CGMR = ERROR
wait 1h
count 13 AT+CGMI
