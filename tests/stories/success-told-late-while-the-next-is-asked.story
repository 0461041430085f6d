# +WDSI: 16 comes 90 s late: the version has proved the install before, and the next package is asked for already. Its
# request stays open, and once more when the line is doubled while it is downloaded.
policy download ask
policy install accept
start
wait 5s
< +WDSI: 9,1464
< +WDSI: 2
order accept download
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
wait 3min
answer AT+CGMR = HL7800.4.7.1|OK
< +KSUP: 0
< +WDSI: 0
wait 5s
event install-succeeded
outcome succeeded
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,2000
< +WDSI: 2
wait 90s
state download-pending
< +WDSI: 16
wait 2min
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
state download-pending
order accept download
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,50
< +WDSI: 16
wait 2s
state downloading
< +WDSI: 18,100
< +WDSI: 10
< +WDSI: 12
< +WDSI: 3
> AT+WDSR=4
outcome succeeded
