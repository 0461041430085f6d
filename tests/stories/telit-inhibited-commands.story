# Note 2.1.2: while an update runs these never reach the module.
family telit
policy download accept
policy install accept
start
wait 1min
command AT#SGACT=1,1
> AT#SGACT=1,1
< OK
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
command refused AT#GPRS=0
command refused AT#SGACT=1,0
command refused at + cgatt = 0
command refused AT+CGACT=0,1
command refused ATD+391234;
command refused AT+CSQ;D+391234;
command refused AT+COPS=2
command refused AT+CFUN=4
command refused AT+CGCLASS="CC"
event command-blocked command=AT+CGCLASS="CC"
quiet 1min
# by SMS the line listens until the download is complete
command AT+CGREG?
wait 5s
state downloading
< #OTAEV: Fw Download Complete
command refused AT+CSQ
quiet 1min
