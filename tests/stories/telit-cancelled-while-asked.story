# The job is cancelled while the module waits for an answer: when its time is over nobody is asked any more.
family telit
policy download accept
policy install ask
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
state install-pending
order cancel
outcome failed cancelled
> AT#OTASUAN=0
< #OTAEV: User Answer Timeout
state idle
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
state install-pending
order cancel
port lost
state absent
wait 2min
port back
wait 1min
state idle
quiet 1min
count 1 AT#OTASUAN=0
