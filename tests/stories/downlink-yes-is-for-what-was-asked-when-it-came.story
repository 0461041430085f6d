# Class A: the application server says yes to the package that it was told of, and its frame waits for the next report. That
# one tells of another package: the yes is not for it, also when fotad was killed meanwhile. The next yes is.
policy download ask
set class A
start
wait 5s
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
wait 10s
event agreement-requested action=download bytes=1464
event policy-waiting
# accept download
downlink 0103030101
quiet 1min
< +WDSI: 9,90000
event package-offered bytes=90000
sent fcnt_dn=0 delivered=1 cause1=00 cause2=00 slot=1
no-more agreement-accepted
downlink 0103030101
crash
wait 5s
# starting reported that the module was there again
sent fcnt_dn=1 delivered=1 cause1=00 cause2=00 slot=1
event ordered order=accept action=download by=AS app1.sample.com consent=90000 B over BHL7800.1.6.3.0.20180803
