# One question for download and install, and a person put the download off: what is waited for says until when and by whom, and a yes to the
# install is one to both.
family telit
policy download accept
policy install accept
start
wait 1min
order defer download 3h
< #OTAEV: Do you want to upgrade the firmware?
> AT#OTASUAN=0
< OK
wait 10s
state install-pending
next is put off until then by story (uid 0)
order accept install
event reissue-wanted action=install
