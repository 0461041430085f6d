# Nobody lets go: a no after 45 s, and the update is wanted again once the inhibitor is gone.
family telit
policy download accept
policy install accept
start
wait 1min
inhibit backup install
< #OTAEV: Do you want to upgrade the firmware?
wait 40s
count 0 AT#OTASUAN=0
> AT#OTASUAN=0
< OK
event policy-waiting action=install because=inhibited by backup: a story
event agreement-deferred action=install answer=refused
quiet 2h
release backup
event reissue-wanted action=install
