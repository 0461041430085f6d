# On demand: after the offer the line loses "may it be downloaded?" and the end of the session. A look finds that
# it is closed, and the next session brings the question.
policy download accept
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
< +WDSI: 9,100000
answer AT+WDSS? = +WDSS: 1,0|+WDSS: 2,1|OK
wait 10min
> AT+WDSS=1,1
< OK
answer AT+WDSS? = +WDSS: 1,1|+WDSS: 2,1|OK
< +WDSI: 23,1
< +WDSI: 9,100000
< +WDSI: 2
> AT+WDSR=3
