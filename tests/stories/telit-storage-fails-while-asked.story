# Neither yes nor no leaves while nothing can be written; the module's own time ends the question.
family telit
policy download accept
policy install accept
start
wait 1min
disk full
< #OTAEV: Do you want to upgrade the firmware?
quiet 50s
wait 5min
disk good
wait 10min
event reissue-wanted
count 0 AT#OTASUAN=0
count 0 AT#OTASUAN=1
