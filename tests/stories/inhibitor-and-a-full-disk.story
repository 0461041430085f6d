# What can not be written down would be forgotten: it is refused, as nothing is granted meanwhile. A lease that is there stays, and ends, without the disk.
policy install accept
start
wait 5s
inhibit backup install
disk full
< +WDSI: 3
event storage-failed
inhibit other install refused
inhibitors 1
release backup
inhibitors 0
quiet 1min
disk good
wait 5min
event storage-restored
event agreement-accepted action=install by=policy
> AT+WDSR=4
< OK
crash
inhibitors 0
