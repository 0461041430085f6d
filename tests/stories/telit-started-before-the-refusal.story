# The download begins before the answer to the yes, which is ERROR: the module does what it does.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< #OTAEV: Start Fw Download
< ERROR
state downloading
no-event reissue-wanted
