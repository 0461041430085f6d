# mode: always, and connect: ask with a window. The window opens, and nothing with it: only an order opens the session. NEXT named
# the window.
policy connect ask 01:00-05:00
set session always
answer AT+WDSC=0,1 = OK
start
wait 5s
next you: fotactl connect modem0
quiet 2h
next you: fotactl connect modem0
order connect
> AT+WDSS=1,1
< OK
event session-granted by=an
