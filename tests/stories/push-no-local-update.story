# "Phase 0" firmware has no AT+WDSD.
answer AT+WDSD=? = ERROR
start
wait 5s
order update file
event download-failed reason=prerequisite-missing
outcome failed prerequisite-missing
state idle
