# An install that nobody asks for was put off for a month, and that was a mistake: accept ends the deferral. It agrees to nothing:
# the install that comes is asked about.
policy download accept
policy install ask
start
wait 5s
order accept install refused
order defer install 30d
order accept install
order accept install refused
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
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 12
< +WDSI: 10
< +WDSI: 3
quiet 10min
explain install hold decision: ask: waiting for a person
order accept install
> AT+WDSR=4
< OK
