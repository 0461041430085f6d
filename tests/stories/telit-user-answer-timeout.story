# The module's own time was shorter than the configured one: the question is over, and stays fotad's.
family telit
policy download accept
policy install ask
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
wait 30s
< #OTAEV: User Answer Timeout
event agreement-deferred action=install answer=too late
state install-pending
quiet 1h
order accept install
event reissue-wanted
count 0 AT#OTASUAN=0
count 0 AT#OTASUAN=1
