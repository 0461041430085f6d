# HL78xx FOTA note, chapter 11: a person stops a download and goes on later. Meanwhile fotad opens no session, and a request
# that the module makes by itself is held.
policy download accept
policy install accept
set session always
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
< +WDSI: 18,5
< +WDSI: 18,40
order suspend
> AT+WDSS=1,0
< OK
< +WDSI: 8
event download-suspended percent=40
state suspended
quiet 3h
order suspend
# it reconnected by itself, as it does after a reset
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,240000
< +WDSI: 2
event agreement-requested action=download
event policy-waiting action=download
state download-pending
quiet 20min
order resume
> AT+WDSR=3
< OK
< +WDSI: 18,41
state downloading
order resume refused
