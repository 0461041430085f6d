# The server wants to uninstall something, and a person puts that off: sessions and updates go on.
policy download accept
policy install accept
set session always
answer AT+WDSR=9,30 = OK
start
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 25
< +WDSI: 8
wait 20s
order defer uninstall 20d
wait 40s
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
order update
< +WDSI: 9,100000
< +WDSI: 2
> AT+WDSR=3
< OK
state downloading
