# fotad is killed between the intent to register and the module's answer: perhaps it never left. The server gets its time, then it is said once
# more; if that is not heard either, it is a person's.
family telit
set server_number +393491234567
policy download accept
policy install accept
start
> AT#OTASNAP="+393491234567"
crash
quiet 9min
wait 2min
> AT#OTASNAP="+393491234567"
port lost
wait 1min
port back
wait 12min
event module-blocked reason=registration-failed
quiet 2h
count 2 AT#OTASNAP="+393491234567"
