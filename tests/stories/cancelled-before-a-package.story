# Sessions always; a person looks for a package, there is none, and he gives that up: nothing is put off, the session is opened again.
policy download accept
policy install accept
set session always
start
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
wait 5min
order update
wait 1min
order cancel
outcome failed cancelled
> AT+WDSS=1,0
< OK
< +WDSI: 8
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
wait 1min
order resume refused
< +WDSI: 9,100000
< +WDSI: 2
> AT+WDSR=3
