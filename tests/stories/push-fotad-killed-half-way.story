# fotad is killed while the module takes a file, and the file is gone. The module goes on asking for blocks and takes AT for noise
# until it is told with CAN.
answer AT+WDSD=? = +WDSD: (1-24643584)|OK
answer AT+WDSC=2,1 = OK
start
wait 5s
order update file
> AT+WDSD=3000
receive 1
crash
wait 2s
event download-failed reason=xmodem-failed
outcome failed xmodem-failed
state idle
