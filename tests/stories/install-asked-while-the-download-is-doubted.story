# The port was away while the package was checked, and the module's status says that it still waits with the
# server. Before the module answers whether it asks for the download, it asks for the install: the answer is
# about what is past, and no server took the package back.
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
< +CME ERROR: 3
wait 10s
state install-pending
no-event download-failed
order accept install
> AT+WDSR=4
