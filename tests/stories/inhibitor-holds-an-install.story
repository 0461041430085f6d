# Somebody holds installs back, so the request stays unanswered, however long: he may let go at any moment. When he does the grant leaves at once.
policy download accept
policy install accept
start
wait 5s
inhibit backup install
event inhibitor-taken what=install who=backup why=a story by=uid backup
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 10
< +WDSI: 3
event policy-waiting because=inhibited by backup: a story
next install: inhibited by backup: a story
quiet 30min
< +WDSI: 3
quiet 29min
state install-pending
release backup
count 1 AT+WDSR=4
event inhibitor-released what=install who=backup why=a story by=uid backup because=its owner let go
event agreement-accepted action=install by=policy
> AT+WDSR=4
< OK
inhibitors 0
