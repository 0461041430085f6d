# An automatic update begins while a slow module still owes a reply. The look that begins anew waits for that reply, and
# takes it for nothing else: the model became the version once, and the update a success.
family telit
set protocol sms
policy download accept
policy install accept
start
wait 1min
answer AT+CIMI = |
< #QSS: 1
wait 1s
count 2 ATQ0V1
count 2 AT+CIMI
answer AT = |
< #OTAEV: Automatic Fw Upgrade Requested
count 2 AT
< 222011234567890
< OK
wait 500ms
count 2 ATQ0V1
< OK
wait 500ms
count 3 ATQ0V1
no-event install-succeeded
