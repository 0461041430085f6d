# fotad was down while the module got new firmware, and hears of another update before it has looked: what it finds is the result.
family telit
start
wait 1min
answer AT+CGMR = 10.00.145|OK
answer AT+CGMM = |
crash
> AT+CGMM
< #OTAEV: Automatic Fw Upgrade Requested
state connecting
answer AT+CGMM = GE865-QUAD|OK
wait 2min
event install-succeeded from=10.00.144 to=10.00.145
outcome succeeded
