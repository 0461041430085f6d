# A download is put off while its session runs on: the module is asked whether it still waits once it is late in asking again, and not before.
policy download accept 08:00-09:00
start
wait 5s
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,1|OK
< +WDSI: 9,100000
< +WDSI: 2
> AT+WDSR=2,30
< OK
wait 1h
count 0 AT+WDSR=2,1
state download-pending
answer AT+WDSR=2,1 = OK
wait 46min
count 1 AT+WDSR=2,1
