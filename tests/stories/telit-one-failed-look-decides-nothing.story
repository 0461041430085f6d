# A look that broke off has not read what an update needs: nothing is decided on it.
family telit
set protocol tcp
set server_address 203.0.113.5
policy download accept
policy install accept
answer AT+CREG? = +CREG: 0,2|OK
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=0
< OK
wait 1min
state install-pending
answer AT+CGMR = ERROR
< #QSS: 1
wait 10s
no-event reissue-wanted
