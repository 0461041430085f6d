# A frame of class A waits for a module, which turns up on another port: that the counters of both ports are brought level is no uplink,
# and the frame is not carried out on the port that has no module now.
modules 2
set class A
module 1
set class A
start
wait 10s
state idle
port lost
module 0
state idle
downlink 010B060201E00C010C1C0B73746F636B74616B696E67
answer AT = |
answer ATE0 = |
module 1
answer AT+CGSN = 354123456789017|OK
port back
wait 10s
state blocked
module 0
wait 25min
inhibitors 0
