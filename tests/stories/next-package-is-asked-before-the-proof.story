# The module tells its server of the result while fotad still reads the new version, and is offered the next package at once: the question is
# not forgotten, its job is another one, and its size the new one.
policy download accept max_size=2000
policy install accept
start
wait 5s
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
answer AT+CGMR = HL7800.4.4.14.0|OK
answer AT+CSQ = |
< +WDSI: 16
< +WDSI: 0
wait 2s
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,1298
< +WDSI: 2
< +CSQ: 20,99
< OK
event install-succeeded
outcome succeeded
event job-created source=server from=HL7800.4.4.14.0
event package-offered bytes=1298
> AT+WDSR=3
< OK
state downloading
