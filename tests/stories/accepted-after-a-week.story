# A request has waited for a person longer than a job may do nothing. His yes is not the end of the update.
policy download ask
policy install ask
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,2|OK
answer AT+WDSR=2,1 = OK
start
wait 1min
< +WDSI: 9,6065
< +WDSI: 2
wait 8d
< +WDSI: 2
wait 1min
state download-pending
order accept download
> AT+WDSR=3
< OK
< +WDSI: 18,10
wait 1min
state downloading
no-event download-failed
