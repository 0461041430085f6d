# An install is given up as silent; later the module is back with its new firmware. In its next update the yes to the
# download is lost on the line: the module is asked whether it still waits, and asks again. That is no doubled line,
# although it was heard to install before.
policy download accept
policy install accept
start
wait 5s
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
wait 2h
event install-failed reason=no-response
answer AT = OK
answer AT+CGMR = HL7800.4.7.1|OK
wait 15min
event install-succeeded
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,2|OK
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,2000
< +WDSI: 2
> AT+WDSR=3
wait 10min
> AT+WDSR=2,1
< OK
wait 1min
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
state downloading
