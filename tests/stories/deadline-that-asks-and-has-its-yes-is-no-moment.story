# From the deadline on a person is asked, and he has said yes already: the window is what is waited for. NEXT named the deadline,
# at which nothing happens.
policy download accept
policy install accept deadline=40min on_deadline=ask Sat 03:00-05:00
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
wait 1min
next your answer: fotactl accept modem0 install
order accept install
wait 1s
next Sat 03:00: the install window opens
