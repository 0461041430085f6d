# What an update needs is set at every start, and told when it was otherwise.
family telit
answer AT#OTASUAN? = #OTASUAN: ,0,0|OK
answer AT#GAUTOATT? = #GAUTOATT: 0|OK
answer AT+CGCLASS? = +CGCLASS: "CC"|OK
answer AT+IPR? = +IPR: 0|OK
policy download accept
policy install accept
start
> AT#OTASUAN=,2,1
< OK
> AT#GAUTOATT=1
< OK
> AT+CGCLASS="B"
< OK
> AT+IPR=115200
< OK
wait 10s
state idle
answer AT#OTASUAN? = #OTASUAN: ,2,1|OK
answer AT#GAUTOATT? = #GAUTOATT: 1|OK
answer AT+IPR? = +IPR: 115200|OK
answer AT+CGCLASS? = +CGCLASS: "B"|OK
wait 1min
# somebody hides the indications
answer AT#OTASUAN? = #OTASUAN: ,0,0|OK
wait 13min 50s
> AT#OTASUAN=,2,1
< OK
wait 5s
event consent-drift was=#OTASUAN=,0,0
