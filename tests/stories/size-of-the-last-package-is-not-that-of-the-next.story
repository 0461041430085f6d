# The module asks for the session to report in before its install is proved, and then for another package, whose size comes after the question:
# the size of the package before is not taken for it.
policy connect ask
policy download accept max_size=20000
policy install accept
answer AT+WDSC=0,1 = OK
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 10
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
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 2
< +WDSI: 9,33151
wait 10s
state download-pending
count 1 AT+WDSR=3
