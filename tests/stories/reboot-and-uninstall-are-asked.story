# Events 24 and 25 (WDSC 5 and 6 are on in HL7800.1.6.3): a reboot follows the rules of an install, an uninstall is never accepted without a person.
policy reboot accept
start
wait 5s
< +WDSI: 0
wait 1s
< +WDSI: 24
> AT+WDSR=6
event agreement-accepted action=reboot by=policy
< OK
wait 5s
< +WDSI: 0
event module-restarted
wait 1s
state idle
< +WDSI: 25
event agreement-requested action=uninstall
quiet 20min
order accept uninstall
> AT+WDSR=8
< OK
quiet 10min
