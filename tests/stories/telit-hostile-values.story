# A value that would end its command, or can't be said, is not kept: it could not be written back.
family telit
set keep #TEMPMON
set keep #TEXT
set keep #OPEN
set keep #TAB
answer AT#TEMPMON? = #TEMPMON: 1;+CFUN=4|OK
answer AT#TEXT? = #TEXT: "a;b"|OK
answer AT#OPEN? = #OPEN: "a;+CFUN=4|OK
answer AT#TAB? = #TAB: 1	2|OK
policy download accept
policy install accept
start
wait 1min
settings show
settings has V=1/ saved; #TEXT="a;b"/ saved
answer AT#TEMPMON? = #TEMPMON: 0|OK
answer AT#TEXT? = #TEXT: ""|OK
answer AT#OPEN? = #OPEN: ""|OK
answer AT#TAB? = #TAB: 0|OK
settings restore
> AT#TEXT="a;b"
< OK
quiet 10min
