# A slow gateway: +WDSI: 8 comes behind the answer of AT+WDSS?, before the last one. It is the newer.
policy download accept
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,1|OK|+WDSI: 8
start
wait 5s
state idle
order update
> AT+WDSS=1,1
