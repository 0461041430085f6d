# The module says that an update failed while fotad still waits for the answer to what comes before
# AT#OTAIPUPD. The job has ended then: the start must not leave later, when the line answers again.
family telit
set protocol tcp
set server_address 203.0.113.5
policy download accept
policy install ask
start
wait 10s
order register
> AT#OTASNAIP=9090,"203.0.113.5"
< OK
< #OTAEV: Registered
wait 10s
order update
answer AT#OTAIPCFG=9090,"203.0.113.5" = |
order accept install
wait 5s
< #OTAEV: OTA Fw Upgrade Failed
outcome failed activation-failed
wait 1min
< OK
wait 10min
count 0 AT#OTAIPUPD
