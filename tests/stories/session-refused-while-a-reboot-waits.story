# The module opens no session while it waits for an answer to its reboot (CME 650, with an APN): that is told, and tried again ever later; it asks for
# that no faster.
policy install ask
set session always
start
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 24
< +WDSI: 8
wait 1min
> AT+WDSS=1,1
< +CME ERROR: 650
event session-refused reason=agreement-pending
state idle
wait 1min
> AT+WDSS=1,1
< +CME ERROR: 650
event session-refused reason=agreement-pending
answer AT+WDSS=1,1 = +CME ERROR: 650
wait 10h
count 16 AT+WDSS=1,1
order accept reboot
> AT+WDSR=6
< OK
