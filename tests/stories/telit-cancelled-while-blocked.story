# The same while the module is blocked by its SIM.
family telit
set protocol tcp
policy download accept
policy install accept 12:00-13:00
start
wait 1min
order update
state install-pending
answer AT+CPIN? = +CME ERROR: 10
< #QSS: 0
wait 30s
state blocked
order cancel
outcome failed cancelled
answer AT+CPIN? = +CPIN: READY|OK
< #QSS: 1
wait 1min
state idle
wait 72h
state idle
count 0 AT#OTAIPUPD
