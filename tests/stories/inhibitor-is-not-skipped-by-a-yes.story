# accept, and accept --now, are about windows and about who decides: what somebody holds back waits all the same.
policy install ask Sun 02:00-04:00
start
wait 5s
inhibit backup install
< +WDSI: 3
order accept install
quiet 5min
order accept install now
quiet 20min
state install-pending
release backup
event agreement-accepted action=install by=story (uid 0)
> AT+WDSR=4
< OK
