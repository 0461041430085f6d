# The same server for the same module and actions: one lease, with a new end. Dropped are its own, and those on this module only.
modules 2
module 0
policy install accept
start
wait 5s
inhibit app1 install server for=1h
inhibit app1 install server for=10min
event inhibitor-taken what=install who=app1
event inhibitor-taken what=install who=app1 why=a story by=AS app1 until=2026-11-23T00:10:05.000+00:00 because=taken again
inhibit app1 download server for=1h
inhibit app2 install server for=1h
inhibit app1 install all server for=1h
inhibitors 4
< +WDSI: 3
release app1 server
event inhibitor-released what=download who=app1 why=a story by=AS app1 because=it asked for that
inhibitors 2
next install: inhibited until Mon 2026-11-23 01:00
release app2 server
next by app1: a story
quiet 30min
< +WDSI: 3
quiet 29min
wait 1min
> AT+WDSR=4
< OK
