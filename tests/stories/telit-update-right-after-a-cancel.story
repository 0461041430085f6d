# A Telit module that can be told "later" has its question put off, its update is given up, and wanted again before it asks again.
family telit
answer AT#OTASUAN=? = #OTASUAN: (0-2),(0-2),(0,1)|OK
policy download accept
policy install accept 05:00-07:00
start
wait 1h
< #OTAEV: Do you want to upgrade the firmware?
wait 1min
order cancel
outcome failed cancelled
> AT#OTASUAN=2
< OK
state install-pending
explain install defer deferral: install: deferred until
order update
event job-created source=person
explain install defer window
