# A session that fotad would open waits, be it wanted by a person.
start
wait 5s
inhibit phone connect
order connect
quiet 1min
next connect: inhibited by phone: a story
release phone
> AT+WDSS=1,1
< OK
