# The module has the last byte when it is told to stop. After the update, sessions are opened as ever.
policy download accept
policy install accept
set session always
start
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,400000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,99
order suspend
> AT+WDSS=1,0
< +WDSI: 18,100
< +WDSI: 10
< OK
< +WDSI: 8
< +WDSI: 12
< +WDSI: 3
> AT+WDSR=4
< OK
< +WDSI: 14
answer AT+CGMR = THL7800.1.6.3.0.99.20180803|OK
< +WDSI: 16
wait 5s
event install-succeeded
outcome succeeded
wait 2min
> AT+WDSS=1,1
