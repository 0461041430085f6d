# The module does not answer after its install, which is given up; then its next package is asked for, and at last it answers. Nothing
# is granted before its version was read: the policy allows no update from the new one.
versions from allow HL7800.1.6.3*
policy download accept
policy install accept
set session always
start
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 10
< +WDSI: 12
< +WDSI: 3
> AT+WDSR=4
< OK
< +WDSI: 14
answer AT = |
wait 2min
< +WDSI: 16
< +WDSI: 0
wait 1h
event install-failed reason=no-response
< +WDSI: 9,2000
< +WDSI: 2
state download-pending
wait 1min
answer AT = OK
answer AT+CGMR = HL7800.4.7.1|OK
wait 15min
state download-pending
no-more agreement-accepted
explain download defer version: 'from' does not allow HL7800.4.7.1
