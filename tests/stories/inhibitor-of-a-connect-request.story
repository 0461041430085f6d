# A session that the module asks for waits as well, whoever says yes.
policy connect ask
answer AT+WDSC? = +WDSC: 0,1|+WDSC: 1,1|+WDSC: 2,1|+WDSC: 3,0|+WDSC: 4,15,60,240,480,1440,2880,0,0|+WDSC: 5,1|+WDSC: 6,1|OK
start
wait 5s
inhibit phone connect
< +WDSI: 1
event policy-waiting action=connect because=inhibited by phone: a story
order accept connect
quiet 1min
release phone
> AT+WDSR=1
< OK
