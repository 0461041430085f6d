# An automatic update comes before fotad has seen the version: the module's word has to do.
family telit
set protocol combined
policy download accept
policy install accept
answer AT = |
start
wait 1s
< #OTAEV: Automatic Fw Upgrade Requested
answer AT = OK
quiet 30s
< #OTAEV: Start Fw Download
< #OTAEV: Fw Download Complete
wait 500s
< #OTAEV: Module Upgraded To New FW
wait 1min
outcome succeeded
