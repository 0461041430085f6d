# One question covers download and install, and so does the yes: it lasts a day longer than the first window in which both
# may be, though the install alone may be at any time.
family telit
set protocol tcp
set server_address 203.0.113.5
policy download ask Thu 02:00-04:00
policy install ask
start
wait 1min
order register
> AT#OTASNAIP=9090,"203.0.113.5"
< OK
< #OTAEV: Registered
wait 1min
order update
order accept install
event ordered order=accept action=install by=story (uid 0) consent=unknown size over 10.00.144, until 2026-11-27T04:00:00.000+00:00
wait 3d
count 0 AT#OTAIPUPD
wait 1h 54min
> AT#OTAIPCFG=9090,"203.0.113.5"
< OK
> AT#OTAIPUPD
< OK
state connecting
