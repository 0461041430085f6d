# A person has ordered a session: that is his yes, and the session opens by itself in the window. explain wanted one more yes,
# for which the module does not ask.
policy connect ask 05:00-06:00
answer AT+WDSC=0,1 = OK
start
wait 5s
explain of=connect connect defer window: window 05:00-06:00: closed, opens Mon 2026-11-23 05:00; needs a person's yes
order connect
explain of=connect connect defer window: window 05:00-06:00: closed, opens Mon 2026-11-23 05:00 | module: it is there and answers | storage: the database takes writes | clock: the clock is trusted | decision: ask: accepted by an order
next a session: window
quiet 4h
wait 1h
> AT+WDSS=1,1
< OK
event session-granted by=an
