# Ten minutes after the yes nothing was heard: the module is looked at. It says that its update runs, so fotad listens on; what it says then counts.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
quiet 9min
answer AT#OTAIPUPD? = #OTAIPUPD: 1|OK
wait 2min
state downloading
quiet 20min
< #OTAEV: Start Fw Download
< #OTAEV: Fw Download Complete
quiet 500s
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Module Upgraded To New FW
wait 5s
outcome succeeded
count 1 AT#OTASUAN=1
