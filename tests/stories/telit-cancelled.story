# What a person cancelled is refused for a day when the server asks again; an automatic update or one that runs can't be cancelled.
family telit
policy download accept
policy install ask
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=0
< OK
state install-pending
order cancel
state idle
outcome failed cancelled
wait 1h
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=0
< OK
event policy-waiting
