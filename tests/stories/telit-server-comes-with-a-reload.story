# The update server is named later: the module is registered then.
family telit
policy download accept
policy install accept
answer AT#OTASNAP="+393491234567" = OK
start
wait 1min
set server_number +393491234567
reload
wait 1min
count 1 AT#OTASNAP="+393491234567"
