# Sessions always; a person closes the session: it stays closed, which is shown, until he resumes.
policy download accept
policy install accept
set session always
start
> AT+WDSS=1,1
< OK
< +WDSI: 23,1
wait 5min
order disconnect
> AT+WDSS=1,0
< OK
< +WDSI: 8
quiet 30d
next resume
order resume
> AT+WDSS=1,1
