# The module refuses a yes: it is told, and waited for the next question.
policy connect accept
policy download accept
policy install accept
start
wait 5s
< +WDSI: 1
> AT+WDSR=1
< ERROR
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< ERROR
state download-pending
