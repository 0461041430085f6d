# Sessions at night only. By day the module asks for one and is put off, then its power is cycled, and it asks no more: at night fotad opens it itself.
policy connect accept 01:00-05:00
set session always
answer AT+WDSC=0,1 = OK
start
wait 20s
< +WDSI: 1
> AT+WDSR=0,30
< OK
wait 5min
< +KSUP: 0
< +WDSI: 0
wait 54min
> AT+WDSS=1,1
< OK
