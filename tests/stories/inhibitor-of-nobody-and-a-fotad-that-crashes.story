# fotad crashes again and again: an owner who is gone has five minutes all in all, not after each start.
policy install accept
start
wait 5s
inhibit backup install
< +WDSI: 3
crash
wait 2min
crash
wait 2min
inhibitors 1
crash
wait 2min
event inhibitor-released what=install who=backup why=a story by=uid backup because=its owner did not come again after a restart of fotad
inhibitors 0
