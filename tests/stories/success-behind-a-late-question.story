# fotad dies as it grants, and hears the question once more that came before. The module goes away, and its success is lost on the way: the
# version that it comes back with says what became of the question.
policy download accept
policy install accept
start
wait 5s
< +WDSI: 3
> AT+WDSR=4
crash
wait 1s
answer AT = RING
< +WDSI: 3
port lost
wait 5min
answer AT+CGMR = BHL7800.4.4.14.0|OK
port back
< +WDSI: 0
answer AT = OK
wait 1min
event install-succeeded
state idle
count 1 AT+WDSR=4
outcome succeeded
