# The module asks once more while it gets its yes, and that line is heard long after its OK: who has taken a yes is about to install and is
# sent nothing.
policy download accept
policy install ask
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
wait 26min
order accept install
> AT+WDSR=4
< OK
wait 12s
< +WDSI: 3
wait 10s
state installing
count 1 AT+WDSR=4
< +WDSI: 14
wait 2min
answer AT+CGMR = BHL7800.4.4.14.0|OK
< +WDSI: 16
wait 1min
outcome succeeded
count 1 AT+WDSR=4
