# HL78xx FOTA note, 7.4.3: the operator dropped the NAT binding; a session that is closed and opened again is heard by the
# server. Not while a package or an agreement is on its way.
policy download accept
policy install ask
set session always
set renew 25min
start
> AT+WDSS=1,1
event session-granted by=policy because=accept rule=decision
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
quiet 24min
wait 90s
> AT+WDSS=1,0
< OK
< +WDSI: 8
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
state connected
wait 20min
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
state install-pending
quiet 30min
count 1 AT+WDSS=1,0
