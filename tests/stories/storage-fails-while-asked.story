# The disk is full when the module asks to install: nothing that can't be taken back is done, and it is granted once the database can be written.
policy download accept
policy install accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
disk full
< +WDSI: 3
wait 1s
event storage-failed
state install-pending
quiet 1min
order accept install refused
disk good
> AT+WDSR=4
event storage-restored
< OK
state installing
count 1 AT+WDSR=4
