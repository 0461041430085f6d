# Nothing was flashed: a setting that was changed since it was saved stays as it is.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
answer AT+CMEE? = +CMEE: 1|OK
< #OTAEV: User Answer Timeout
< ERROR
wait 2min
count 0 AT+CMEE=2
