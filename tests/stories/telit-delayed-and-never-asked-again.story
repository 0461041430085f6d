# A module that took a delay restarts and never asks again: the question stays fotad's.
family telit
answer AT#OTASUAN=? = #OTASUAN: (0-2),(0-2),(0,1)|OK
policy download accept
policy install ask
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=2
< OK
next your answer: fotactl accept modem0 install
wait 1h
next your answer: fotactl accept modem0 install
wait 24h
event agreement-deferred action=install answer=not asked again
order accept install
event reissue-wanted
state idle
