# The module downloads on after a person gave the update up: the package is not installed today.
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
< +WDSI: 18,40
order cancel
outcome failed cancelled
> AT+WDSS=1,0
< OK
< +WDSI: 18,60
< +WDSI: 18,100
< +WDSI: 10
< +WDSI: 12
< +WDSI: 3
> AT+WDSR=5,30
< OK
quiet 29min
