# What a person reads or saves does not put off what is to be saved or restored next.
family telit
policy download accept
policy install accept
start
wait 1min
settings diff
wait 5s
settings has +CMGF=0/0 same
answer AT+CMGF? = +CMGF: 1|OK
< #QSS: 1
wait 5s
settings diff
wait 5s
settings has +CMGF=1/1 same
settings save
wait 5s
# an update that takes less than a minute
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
< #OTAEV: Fw Download Complete
wait 10s
answer AT+CGMR = 10.00.145|OK
answer AT+CMGF? = +CMGF: 0|OK
< #OTAEV: Module Upgraded To New FW
> AT+CMGF=1
answer AT+CMGF? = +CMGF: 1|OK
< OK
event settings-restored count=1
outcome succeeded
