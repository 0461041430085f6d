# A session that the module never began (+CME ERROR: 148) starts none of its retry timers: fotad's own backoff counts.
start
wait 5s
order connect
> AT+WDSS=1,1
< +CME ERROR: 148
event session-refused reason=activation-failed
quiet 50s
wait 15s
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
state connected
