# One question is for download and install: what either of them lacks is told, and of which it is.
family telit
policy download accept 03:00-05:00
policy install ask
start
wait 10min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=0
< OK
explain install defer window: download: window 03:00-05:00: closed, opens Mon 2026-11-23 03:00; needs
explain | decision: install: ask: waiting for a person
next your answer: fotactl accept modem0 install
order accept install
next 03:00: the download window opens
explain | decision: install: ask: accepted by story (uid 0); download: accept
