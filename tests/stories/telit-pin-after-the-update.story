# Note 2.1.1: after the update the PIN is the host's to enter.
family telit
set pin 1234
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
< #OTAEV: Fw Download Complete
wait 500s
answer AT+CGMR = 10.00.145|OK
answer AT+CPIN? = +CPIN: SIM PIN|OK
< #OTAEV: Module Upgraded To New FW
> AT+CPIN="1234"
answer AT+CPIN? = +CPIN: READY|OK
< OK
outcome succeeded
event settings-restored
