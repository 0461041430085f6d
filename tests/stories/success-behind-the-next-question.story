# The success of an install is heard when the module asks for the next already, which waits for a person: it is none of that one, and the question
# stands.
policy download accept
policy install ask
start
wait 5s
< +WDSI: 3
order accept install
> AT+WDSR=4
< OK
< +WDSI: 14
wait 2min
answer AT+CGMR = BHL7800.4.4.14.0|OK
< +KSUP: 0
wait 20s
event install-succeeded
< +WDSI: 3
state install-pending
wait 4s
< +WDSI: 16
wait 10s
state install-pending
order accept install
> AT+WDSR=4
< OK
< +WDSI: 14
wait 2min
answer AT+CGMR = BHL7800.4.7.1.0|OK
< +WDSI: 16
wait 1min
outcome succeeded
