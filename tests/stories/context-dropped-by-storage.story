# The APN that could not be written while the database failed is written once it is good.
set apn internet
start
> AT+CSQ
disk full
< OK
wait 10s
disk good
wait 3min
> AT+CGDCONT=1,"IP","internet"
