# A file for the module is a download, though no module asks for it.
policy install accept
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
inhibit backup download
order update file
quiet 1h
state idle
next download: inhibited by backup: a story
release backup
> AT+WDSD=3000
state downloading
