# After its install the module asks for the session in which it tells its server, before fotad has read its version: the question is answered
# as soon as that is known, without windows and people, and not half an hour later when it comes again.
policy connect ask
policy install accept
answer AT+WDSC=0,1 = OK
start
wait 5s
< +WDSI: 3
> AT+WDSR=4
< OK
< +WDSI: 14
wait 2min
answer AT+CGMR = BHL7800.4.4.14.0|OK
< +WDSI: 16
< +WDSI: 1
> AT+WDSR=1
< OK
event install-succeeded
