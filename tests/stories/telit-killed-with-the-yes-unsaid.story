# fotad is killed between its intent and the module's OK: nobody knows whether the yes arrived. Nothing came of it, so it is asked anew.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
crash
quiet 20s
# it may have begun unheard, and flash
quiet 24min
wait 3min
event agreement-requested action=install
event reissue-wanted action=install
no-event install-failed
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
state connecting
