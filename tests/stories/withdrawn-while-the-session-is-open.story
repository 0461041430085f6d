# The server takes its package back while the session stays open: the module repeats nothing, and its status tells of the session only. It is asked,
# and its job ends.
policy download ask
start
wait 5s
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,100000
< +WDSI: 2
state download-pending
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,1|OK
answer AT+WDSR=2,1 = +CME ERROR: 3
wait 40min
count 1 AT+WDSR=2,1
outcome failed cancelled
state connected
