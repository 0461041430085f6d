# A Telit module asks one question for everything: what holds downloads back holds its install back as well, and the module gets its no in time.
family telit
policy download accept
policy install accept
start
wait 1min
inhibit backup download
< #OTAEV: Do you want to upgrade the firmware?
wait 40s
next install: inhibited by backup: a story
release backup
> AT#OTASUAN=1
< OK
