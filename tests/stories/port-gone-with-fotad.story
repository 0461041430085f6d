# fotad is killed, and the module pulled out, while nothing can be stored: it goes on from what it knows, finds nobody, and then the session.
policy download accept
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
state downloading
disk full
port lost
crash
disk good
state downloading
wait 11min
state absent
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
port back
< +WDSI: 18,50
state downloading
