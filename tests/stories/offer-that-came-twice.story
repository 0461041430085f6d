# The offer and its question come twice on a bad line, when a part of the package is there already: no other package, no other yes.
policy download accept
policy install ask
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,33833
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18,8
wait 3s
< +WDSI: 9,33833
< +WDSI: 2
quiet 5s
state downloading
count 1 AT+WDSR=3
