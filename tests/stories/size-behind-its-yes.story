# The question is heard before the size, and once more when it was granted: a doubled line is no new question.
policy download accept
start
wait 5s
< +WDSI: 2
wait 5s
> AT+WDSR=3
< +WDSI: 9,30687
< OK
< +WDSI: 18
wait 3s
< +WDSI: 2
wait 5s
state downloading
count 1 AT+WDSR=3
