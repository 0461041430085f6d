policy download accept
start
wait 5s
answer AT+CGSN = 354123456789017
< +WDSI: 0
wait 1s
< +WDSI: 14
< OK
state installing
quiet 1min
count 1 AT+KGSN=3
