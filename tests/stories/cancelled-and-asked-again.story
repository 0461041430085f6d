# Sessions always; a download is given up, and its last progress crosses the cancel. For a day fotad opens no session that would go on with
# it, also over a flap of the port; a module that reconnects by itself is put off. Then policy decides again.
policy download accept
policy install accept
set session always
answer AT+WDSR=2,30 = OK
start
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,400000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,40
order cancel
outcome failed cancelled
> AT+WDSS=1,0
< +WDSI: 18,41
< OK
< +WDSI: 8
state suspended
next a session is put off until then by
port lost
wait 10s
port back
wait 1min
next a session is put off until then by
quiet 1410min
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,240000
< +WDSI: 2
wait 1min
state download-pending
explain download hold deferral: deferred until
count 1 AT+WDSR=3
wait 30min
< +WDSI: 2
> AT+WDSR=3
< OK
