# An application server that nobody runs any more holds installs back for a year: a person ends that. What a process holds goes with the process.
policy install accept
start
wait 5s
inhibit backup download
break refused
inhibitors 1
inhibit app1 install server for=365d
< +WDSI: 3
state install-pending
quiet 5s
break
event inhibitor-released what=install who=app1
> AT+WDSR=4
< OK
inhibitors 1
