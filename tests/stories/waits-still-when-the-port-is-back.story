# The same with a firmware without AT+WDSG whose module still waits, but repeats nothing: it is asked, asks again, and gets the person's yes.
policy download accept
policy install ask
answer AT+WDSG = ERROR
start
wait 5s
< +WDSI: 23,1
< +WDSI: 9,100000
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
port lost
answer AT+WDSS? = +WDSS: 1,0|+WDSS: 2,1|OK
answer AT+WDSR=5,1 = OK
wait 50min
port back
wait 10s
count 1 AT+WDSR=5,1
state install-pending
wait 1min
< +WDSI: 3
order accept install
> AT+WDSR=4
< OK
