# The yes crosses the end of the module's time: ERROR. The question stays fotad's, and the job too.
family telit
policy download accept
policy install ask
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
wait 44s
order accept install
> AT#OTASUAN=1
< #OTAEV: User Answer Timeout
< ERROR
state idle
event agreement-deferred action=install answer=too late
event reissue-wanted
# a consent that was given is still there when the server asks again
wait 10min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: User Answer Timeout
state connecting
< #OTAEV: Start Fw Download
state downloading
no-event unsanctioned-change
