# fotad dies between the intent of a yes to a download and its OK, and the yes did leave: the module has no question open, and the download that it begins is the one that was granted.
policy download accept
policy install ask
start
wait 5s
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
crash
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,2|OK
> AT+WDSR=2,1
< ERROR
state downloading
< +WDSI: 18
< +WDSI: 18,50
wait 2min
< +WDSI: 18,100
< +WDSI: 10
< +WDSI: 3
state install-pending
count 1 AT+WDSR=3
