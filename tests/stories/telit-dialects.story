# What other families say under the same name is decoded or left alone, never misread.
family telit
start
wait 1min
< #OTAEV: #918
< #OTAEV: #929: 200
< #OTAEV: #DREL
< #OTAEV: Not Registered
< #OTAEV: Registered?
< #OTAEV:
no-event registered
state idle
< #OTAEV: "DOWNLOAD FAILED"
< #OTAEV: "INTEGRITY CHECK FAIL",10
state idle
outcome none
< #OTAEV: registered
event registered
