# The module repeats its question as fotad accepts it, and the line brings the repetition late. The session that opens is the answer: nothing is
# left to ask for, and half an hour later nothing is sent.
policy connect ask deadline=30min
answer AT+WDSC=0,1 = OK
start
wait 5s
< +WDSI: 1
wait 30min
> AT+WDSR=1
< OK
wait 12s
< +WDSI: 1
wait 2s
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
wait 10s
< +WDSI: 8
state idle
wait 40min
count 1 AT+WDSR=1
