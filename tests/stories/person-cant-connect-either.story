start
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,2|OK
answer AT+WDSR=2,1 = +CME ERROR: 3
wait 1min
order connect
> AT+WDSS=1,1
