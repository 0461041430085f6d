# Another module stands where one was whose update waited: nothing of that is left.
family telit
policy download accept
policy install accept 03:00-05:00
start
wait 1min
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=0
< OK
wait 5min
port lost
answer AT+CGSN = 351234567890200|OK
answer AT#CCID = #CCID: 89390123456789000002|OK
answer AT+CIMI = 222019876543210|OK
wait 5min
port back
wait 5min
state idle
outcome failed wrong-module
settings show
settings has +CMEE=2/ saved
