# The last one that lets go decides; meanwhile the one that lasts longest is named.
policy install accept
start
wait 5s
inhibit a install for=10min
inhibit b install for=40min
inhibit c install for=20min
inhibitors 3
< +WDSI: 3
event policy-waiting because=inhibited until Mon 2026-11-23 00:40 by b and 2 more: a story
wait 11min
event inhibitor-released what=install who=a
next install: inhibited until Mon 2026-11-23 00:40 by b and 1 more: a story
release b
event inhibitor-released what=install who=b
next install: inhibited until Mon 2026-11-23 00:20 by c: a story
quiet 8min
wait 1min
event inhibitor-released what=install who=c
> AT+WDSR=4
< OK
