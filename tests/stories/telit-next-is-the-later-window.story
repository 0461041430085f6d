# Monday 00:11. The one question of a Telit module is for download and install: nothing can happen before both windows are open,
# Saturday 04:00. NEXT named the install window of the same night, which opens in vain.
family telit
set protocol tcp
policy download accept Sat 01:00-05:00
policy install accept 04:00-07:00
start
wait 10min
order update
wait 1min
next Sat 01:00: the download window opens
explain install defer window: install: window 04:00-07:00: closed, opens Mon 2026-11-23 04:00; download: window Sat 01:00-05:00: closed, opens Sat 2026-11-28 01:00
wait 4h
next Sat 01:00: the download window opens
wait 4d 21h
next Sat 04:00: the install window opens
