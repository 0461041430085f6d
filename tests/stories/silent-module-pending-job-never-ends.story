start
wait 5s
< +WDSI: 9,100000
< +WDSI: 2
state download-pending
answer AT = x
answer ATE0 = x
wait 7d
outcome failed no-response
