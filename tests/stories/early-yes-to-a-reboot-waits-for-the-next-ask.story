# A yes within the delay of a reboot is refused: it is not repeated, and the module asks again by itself. One that does not is waited for no longer
# than it takes to repeat itself.
policy reboot accept 02:00-03:00
start
wait 1h
< +WDSI: 24
> AT+WDSR=7,30
< OK
wait 10min
order accept reboot now
> AT+WDSR=6
< +CME ERROR: 3
next reboot deferred, asked again
wait 5min
explain reboot hold module: it takes no answer until it asks again
wait 54min
wait 1min
order accept reboot refused
count 1 AT+WDSR=6
