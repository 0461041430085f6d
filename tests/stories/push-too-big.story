# The range of AT+WDSD=? is looked at before anything is sent.
answer AT+WDSD=? = +WDSD: (1-2000)|OK
start
wait 5s
order update file
event download-failed reason=package-too-big
outcome failed package-too-big
count 0 AT+WDSD=3000
state idle
