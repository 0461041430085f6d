# fotad is killed; the service manager kept the descriptor. Nobody has to do anything, and the owner can let go while fotad is away.
policy install accept
descriptors kept
start
wait 5s
inhibit backup install for=2h
< +WDSI: 3
quiet 10min
crash 1min
quiet 30min
< +WDSI: 3
quiet 30min
< +WDSI: 3
inhibitors 1
next install: inhibited until Mon 2026-11-23 02:00 by backup: a story
< +WDSI: 3
crash
inhibitors 1
quiet 10min
release backup
event inhibitor-released what=install who=backup
> AT+WDSR=4
< OK
