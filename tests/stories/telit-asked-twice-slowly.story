# The question comes twice, three seconds apart, and the yes to the first was taken: the second is the same one, and gets no other yes.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
wait 3s
< #OTAEV: Do you want to upgrade the firmware?
quiet 1s
< #OTAEV: Start Fw Download
< #OTAEV: Fw Download Complete
wait 500s
answer AT+CGMR = 10.00.145|OK
< #OTAEV: Module Upgraded To New FW
wait 1min
outcome succeeded
no-event unsanctioned-change
no-event reissue-wanted
