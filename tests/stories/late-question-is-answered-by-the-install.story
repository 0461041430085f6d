# fotad dies as it grants, and after its restart hears the question once more that came before: a line that was late. The module installs, and
# the new version is the answer: there is nothing to grant a second time.
policy download accept
policy install accept
start
wait 5s
< +WDSI: 3
> AT+WDSR=4
crash
wait 3s
answer AT = RING
< +WDSI: 3
port lost
wait 5min
answer AT = OK
answer AT+CGMR = BHL7800.4.4.14.0|OK
port back
< +WDSI: 16
wait 1min
event install-succeeded
state idle
count 1 AT+WDSR=4
outcome succeeded
