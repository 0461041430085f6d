# LE910 V2: the answer 2 puts the question off, and the module repeats it until it is answered.
family telit
answer AT#OTASUAN=? = #OTASUAN: (0-2),(0-2),(0,1)|OK
policy download accept
policy install ask
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=2
< OK
event agreement-deferred action=install
wait 10min
< #OTAEV: Do you want to upgrade the firmware?
wait 5s
order accept install
> AT#OTASUAN=1
< OK
state connecting
count 0 AT#OTASUAN=0
