# A question for a download comes twice, and between the two the session closes: one question has one answer.
policy download accept
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
< +WDSI: 8
state suspended
< +WDSI: 2
quiet 5s
state suspended
count 1 AT+WDSR=3
