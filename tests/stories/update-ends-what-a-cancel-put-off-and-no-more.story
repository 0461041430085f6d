# A person put the install off for six hours, another cancels the update and then wants it again: that ends what the cancel put off, and not
# the word of the first.
policy download accept
policy install accept
answer AT+WDSR=5,30 = OK
start
wait 1min
order defer install 6h
< +WDSI: 9,6065
< +WDSI: 2
> AT+WDSR=3
< OK
< +WDSI: 18
< +WDSI: 18,100
< +WDSI: 10
< +WDSI: 3
order cancel
wait 1h
< +WDSI: 3
wait 1min
order update
wait 4h
< +WDSI: 3
wait 1min
state install-pending
count 0 AT+WDSR=4
wait 1h
< +WDSI: 3
> AT+WDSR=4
< OK
