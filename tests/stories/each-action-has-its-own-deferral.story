# A person put the install off for three days. Another cancels the update, puts the download off and wants it again: each word is about the
# download, and the install waits on, also over a crash.
policy download accept
policy install accept
answer AT+WDSR=2,30 = OK
answer AT+WDSR=5,30 = OK
start
wait 1min
order defer install 3d
< +WDSI: 9,6065
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
order cancel
order defer download 2h
crash
wait 10s
order update
< +WDSI: 10
< +WDSI: 3
wait 2d
< +WDSI: 3
wait 1min
state install-pending
count 0 AT+WDSR=4
