# A question waits for a person; the module goes away, and comes back with another version and a success: nobody has said yes to that.
policy download accept
policy install ask
start
wait 5s
< +WDSI: 3
state install-pending
wait 1min
answer AT = RING
port lost
wait 5min
answer AT+CGMR = BHL7800.4.4.14.0|OK
port back
< +WDSI: 16
answer AT = OK
wait 1min
event unsanctioned-change
no-event install-succeeded
count 0 AT+WDSR=4
