# By SMS the line listens until the download is complete. A fotad that was down may have missed that, and the module may flash: it only listens,
# until the module says what it does.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
wait 10s
crash 1s
quiet 10min
state downloading
command refused AT+CSQ
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Module Upgraded To New FW
wait 5s
event install-succeeded from=10.00.144 to=10.00.145
outcome succeeded
