# The time of a download is over, and the module still downloads: fotad looks, writes nothing, and asks nothing that the note inhibits during a
# download (2.1.2), not even to read it.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
count 3 AT+CGCLASS?
answer AT#OTAIPUPD? = #OTAIPUPD: 1|OK
answer AT#OTASUAN? = #OTASUAN: ,0,0|OK
answer AT#GAUTOATT? = #GAUTOATT: 0|OK
quiet 31min
state downloading
count 2 AT#OTAIPUPD?
count 3 AT+CGCLASS?
