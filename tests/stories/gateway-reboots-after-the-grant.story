# The gateway loses power right after its yes. Its uptime starts anew, so what the yes was at is before all that is heard now: the module's boot
# is the one of its install, and is not taken for one from before the yes.
policy download accept
policy install accept
start
wait 1min
< +WDSI: 3
> AT+WDSR=4
< OK
reboot
quiet 20s
answer AT+CGMR = HL7800.4.4.14.0|OK
< +WDSI: 0
wait 2min
event install-succeeded
outcome succeeded
