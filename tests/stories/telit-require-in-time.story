# One question, to be answered within a minute: half of it is enough to see that the radio is good.
family telit
policy download accept min_rssi_dbm=-105
policy install accept roaming=false
start
wait 1h
< #OTAEV: Do you want to upgrade the firmware?
quiet 25s
> AT#OTASUAN=1
< OK
event agreement-accepted action=install by=policy
