# The package is refused after the yes to its install: package-rejected, and the install has failed.
policy download accept
policy install accept
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
> AT+WDSR=3
< OK
< +WDSI: 18,100
< +WDSI: 10
< +WDSI: 3
> AT+WDSR=4
< OK
< +WDSI: 13
wait 1min
outcome failed package-not-certified
event package-rejected reason=package-not-certified
event install-failed reason=package-not-certified
