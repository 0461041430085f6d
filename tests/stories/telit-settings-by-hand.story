# fotactl settings: what is saved, what differs now, and back.
family telit
start
wait 1min
answer AT+CMGF? = +CMGF: 1|OK
settings diff
wait 5s
settings has +CMGF=0/1 different
settings has +CMEE=2/2 same
settings restore
> AT+CMGF=0
answer AT+CMGF? = +CMGF: 0|OK
< OK
wait 5s
settings has +CMGF=0/0 restored
answer AT+CSCS? = +CSCS: "GSM"|OK
settings save
wait 5s
settings has +CSCS="GSM"/"GSM" saved
