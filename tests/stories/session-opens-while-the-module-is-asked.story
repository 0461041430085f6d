# As session-ends-while-the-module-is-asked, the other way around.
policy download accept
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,1|OK|+WDSI: 23,1
start
wait 5s
state connected
order update
quiet 5s
