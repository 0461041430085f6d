# A person sets something and saves at once, while fotad itself reads the settings because of it: the order waits for that, it is not refused.
family telit
start
wait 1min
command AT+CMGF=1
> AT+CMGF=1
answer AT+CMGF? = |
< OK
wait 2s
settings save
settings diff refused
answer AT+CMGF? = +CMGF: 1|OK
wait 1min
settings has +CMGF=1/1 saved
