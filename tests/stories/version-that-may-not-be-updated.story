# from: what the module runs is not to be updated over the air, nor from a file.
policy download accept
policy install accept
versions from allow >=1.7
start
wait 5s
order update file refused
order update
> AT+WDSS=1,1
< OK
< +WDSI: 4
< +WDSI: 6
< +WDSI: 23,1
< +WDSI: 9,1464
< +WDSI: 2
> AT+WDSR=2,30
< OK
event agreement-deferred action=download minutes=30 because='from' does not allow BHL7800.1.6.3.0.20180803
