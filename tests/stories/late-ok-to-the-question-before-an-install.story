# As install-asked-while-the-download-is-doubted, but the module says OK to what it was asked before: what it
# asks for by itself still is what it waits for.
policy download accept
policy install ask
start
wait 5s
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
port lost
answer AT+WDSG = +WDSG: 0,3|+WDSG: 1,2|OK
wait 10s
port back
> AT+WDSR=2,1
< +WDSI: 10
< +WDSI: 3
state install-pending
< OK
wait 10s
state install-pending
order accept install
> AT+WDSR=4
