# An install is held for a window, and a person has said yes. One digit of the IMEI flips at a look meanwhile: job
# and consent are still those of this module.
policy download accept
policy install ask 02:00-03:00
start
wait 5s
< +WDSI: 3
state install-pending
order accept install
> AT+WDSR=5,30
< OK
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,3|OK
answer AT+WDSR=5,1 = OK
answer AT+WDSR=5,30 = OK
once AT+CGSN = 351732099999999|OK
wait 36min
count 5 AT+CGSN
no-event install-failed
state install-pending
wait 25min
< +WDSI: 3
wait 30min
< +WDSI: 3
wait 40min
< +WDSI: 3
> AT+WDSR=4
