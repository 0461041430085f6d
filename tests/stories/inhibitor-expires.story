# A lease has a span: when it is over, the request is answered at once, not when the module asks again. A clock that is set does not shorten it.
policy install accept
start
wait 5s
inhibit backup download,install for=2h
< +WDSI: 3
event policy-waiting because=inhibited until Mon 2026-11-23 02:00 by backup: a story
explain install hold inhibitor: inhibited until Mon 2026-11-23 02:00 by backup: a story; needs backup to let go (a story), by Mon 2026-11-23 02:01 at the latest
quiet 20min
clock ahead 5h
quiet 5min
next inhibited until Mon 2026-11-23 07:00
< +WDSI: 3
quiet 30min
clock back 5h
< +WDSI: 3
next inhibited until Mon 2026-11-23 02:00
quiet 30min
< +WDSI: 3
quiet 30min
< +WDSI: 3
quiet 4min
inhibitors 1
wait 1min
event inhibitor-released what=download:install who=backup why=a story by=uid backup because=expired
> AT+WDSR=4
< OK
inhibitors 0
