# Nobody kept the descriptor: the owner has five minutes to come again. He does, and goes on with the lease that he had; he may change its end.
policy install accept
start
wait 5s
inhibit backup install
< +WDSI: 3
crash
inhibitors 1
quiet 4min
inhibit backup install uid=1
inhibitors 2
inhibit backup install
event inhibitor-taken what=install who=backup why=a story by=uid backup because=taken again
inhibitors 2
quiet 1min
quiet 20min
release backup
release backup
> AT+WDSR=4
< OK
