# HL7800 4.6.8 to 4.4.14 in the field: the module says 16 and runs the old firmware.
policy download accept
policy install accept
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
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
> AT+WDSR=4
< OK
state installing
< +WDSI: 14
wait 3min
< +WDSI: 16
wait 1s
event install-failed reason=version-unchanged
outcome failed version-unchanged
