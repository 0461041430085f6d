# What a person sets with a command is saved at once, not at the next look: the module may ask in a minute.
family telit
start
wait 1min
command AT+CMGF=1
> AT+CMGF=1
answer AT+CMGF? = +CMGF: 1|OK
< OK
wait 5s
settings show
settings has +CMGF=1/ saved
