# The module was opening a session when it was allowed to install: that it authenticates is told right after it began. It is not a restart, and
# nothing is said to a module that flashes; what it tells minutes later is one.
policy download accept
policy install accept
start
wait 5s
< +WDSI: 3
> AT+WDSR=4
< OK
< +WDSI: 14
< +WDSI: 4
quiet 2min
state installing
answer AT+CGMR = HL7800.4.4.14.0|OK
< +WDSI: 4
wait 1min
outcome succeeded
