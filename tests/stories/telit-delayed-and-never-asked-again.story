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
wait 50min
next install deferred, asked again
state install-pending
wait 20min
event agreement-deferred action=install answer=not asked again
next your answer: fotactl accept modem0 install
order accept install
event reissue-wanted
state idle
