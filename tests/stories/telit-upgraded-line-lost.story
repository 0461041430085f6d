# With autobauding the first line after the restart is lost: after 15 minutes of silence the version tells.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
< #OTAEV: Fw Download Complete
quiet 14min
answer AT+CGMR = 10.00.145|OK
wait 2min
event install-succeeded from=10.00.144 to=10.00.145
outcome succeeded
