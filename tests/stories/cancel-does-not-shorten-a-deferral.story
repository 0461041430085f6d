# A person put the download off for three days; that another cancels the update does not bring it nearer.
policy download accept
policy install ask
answer AT+WDSR=2,30 = OK
start
wait 1min
order defer download 3d
< +WDSI: 9,6065
< +WDSI: 2
wait 10s
order cancel
wait 2d
< +WDSI: 2
wait 1min
state download-pending
count 0 AT+WDSR=3
