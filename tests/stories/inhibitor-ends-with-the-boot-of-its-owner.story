# A descriptor does not outlive a reboot of the gateway, so the lease does not either, and nothing waits for its owner.
policy install accept
descriptors kept
start
wait 5s
inhibit backup install for=3h
< +WDSI: 3
quiet 1min
reboot
event inhibitor-released what=install who=backup why=a story by=uid backup because=the gateway was rebooted
< +WDSI: 3
> AT+WDSR=4
< OK
inhibitors 0
