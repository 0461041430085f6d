# A person stops the download and nobody resumes it: its job ends after a week, and the module is as idle as it looks.
policy download accept
policy install ask
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,40000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,20
order disconnect
> AT+WDSS=1,0
< OK
< +WDSI: 8
state suspended
wait 192h
outcome failed transfer-error
state idle
