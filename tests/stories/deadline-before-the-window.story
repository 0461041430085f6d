# The deadline comes before the window opens: that is the moment for which it waits.
policy install accept deadline=2h on_deadline=force 05:00-06:00
start
wait 5s
< +WDSI: 3
wait 1s
next Mon 02:00: the deadline of the install is over
