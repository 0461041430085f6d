# After a restart without descriptors a lease whose owner is gone too holds nothing back for ever.
policy install accept
start
wait 5s
inhibit backup install
< +WDSI: 3
crash
wait 5s
next install: inhibited by backup: a story
quiet 4min
wait 1min
event inhibitor-released what=install who=backup why=a story by=uid backup because=its owner did not come again after a restart of fotad
> AT+WDSR=4
< OK
inhibitors 0
