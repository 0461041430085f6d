# ... and the module's restart was missed: it refuses the yes, and fotad opens the session itself.
policy connect accept 01:00-05:00
set session always
answer AT+WDSC=0,1 = OK
start
wait 20s
< +WDSI: 1
> AT+WDSR=0,30
< OK
wait 59min
> AT+WDSR=1
< +CME ERROR: 3
wait 1s
> AT+WDSS=1,1
< OK
