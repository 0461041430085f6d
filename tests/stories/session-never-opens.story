# The module took the order and nothing came of it, for longer than any server takes: not its power or its cable is to blame.
policy download accept
set session always
start
> AT+WDSS=1,1
< OK
wait 20min
event session-refused reason=session-timeout
