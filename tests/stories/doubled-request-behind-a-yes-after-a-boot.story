# It asked, booted, and took the yes: the same question once more, within a minute of that, is a line that came twice.
policy download accept
policy install ask
start
wait 5min
answer AT+WDSG = +CME ERROR: 4
< +WDSI: 0
wait 5s
< +WDSI: 3
< +WDSI: 0
wait 1s
state install-pending
order accept install
> AT+WDSR=4
< OK
state installing
wait 3s
< +WDSI: 3
wait 5s
state installing
count 1 AT+WDSR=4
