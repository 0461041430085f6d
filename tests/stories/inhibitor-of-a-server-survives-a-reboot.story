# An application server's lease is its own: it lasts for as long as it said, reboot or not, and no longer.
policy install accept
start
wait 5s
inhibit app1 install server refused
inhibit app1 install server for=2h
< +WDSI: 3
quiet 30min
< +WDSI: 3
reboot
inhibitors 1
quiet 1min
< +WDSI: 3
quiet 26min
next install: inhibited until Mon 2026-11-23 02:00 by app1: a story
< +WDSI: 3
quiet 30min
< +WDSI: 3
quiet 30min
< +WDSI: 3
inhibitors 1
wait 2min
event inhibitor-released what=install who=app1 why=a story by=AS app1 because=expired
> AT+WDSR=4
< OK
