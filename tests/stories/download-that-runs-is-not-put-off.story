# A deferral of a download that runs already would stop nothing: it is refused, and the order that does stop it is named.
policy download accept
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
state downloading
order defer download 2h refused
order defer install 2h
order accept install
< +WDSI: 18,100
< +WDSI: 12
state verifying
order defer download 2h refused
< +WDSI: 10
< +WDSI: 3
> AT+WDSR=4
< OK
