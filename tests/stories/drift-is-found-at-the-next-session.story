# Another program sent AT&F over another port: agreements off, indications as they were. The guard looks when a session begins,
# says what it found, and sets it again.
start
wait 5s
order connect
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
answer AT+WDSC? = +WDSC: 0,0|+WDSC: 1,0|+WDSC: 2,0|+WDSC: 3,0|+WDSC: 4,15,60,240,480,1440,2880,0,0|+WDSC: 5,1|+WDSC: 6,1|OK
< +WDSI: 23,1
> AT+WDSC=1,1
< OK
> AT+WDSC=2,1
< OK
event consent-drift was=download not asked, install not asked
state connected
quiet 1min
