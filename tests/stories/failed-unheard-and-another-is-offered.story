# That the download failed was not heard, and the module asks for another package: its size says that the question is no doubled line.
policy download accept
policy install ask
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,9044
< +WDSI: 2
> AT+WDSR=3
< OK
wait 10s
< +WDSI: 2
quiet 5s
state downloading
< +WDSI: 9,20567
< +WDSI: 2
event agreement-requested action=download
event agreement-requested action=download bytes=20567
> AT+WDSR=3
