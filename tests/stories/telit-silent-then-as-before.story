# Nothing was heard for hours, and it runs what it ran before: another version after that is not ours.
family telit
policy download accept
policy install accept
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=1
< OK
< #OTAEV: Start Fw Download
< #OTAEV: Fw Download Complete
wait 10min
answer AT = |
answer ATQ0V1 = |
answer AT+CGMI = |
wait 3h
outcome failed no-response
explain install hold module: it does not answer; needs the module to answer
answer AT = OK
answer ATQ0V1 = OK
answer AT+CGMI = Telit|OK
wait 1h
state idle
answer AT+CGMR = 10.00.145|OK
wait 1h
event unsanctioned-change
