# Policy asks a person and nobody answers: 45 s after the question the module gets a no, so that its server can ask again. When a person says yes
# later, the application server is told, and the server's next question is answered at once.
family telit
policy download accept
policy install ask
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
wait 40s
count 0 AT#OTASUAN=0
> AT#OTASUAN=0
< OK
event policy-waiting action=install
event agreement-deferred action=install answer=refused
state install-pending
quiet 2h
order accept install
event reissue-wanted action=install
state idle
quiet 1h
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
state connecting
count 1 AT#OTASUAN=0
