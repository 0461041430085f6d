# What fotad may not put right is told once, not at every look; and again when it was right meanwhile.
family telit
set fix_prerequisites false
answer AT#GAUTOATT? = #GAUTOATT: 0|OK
policy download accept
policy install accept
start
wait 24h
event consent-drift was=#GAUTOATT=0
no-more consent-drift
answer AT#GAUTOATT? = #GAUTOATT: 1|OK
wait 20min
answer AT#GAUTOATT? = #GAUTOATT: 0|OK
wait 24h
event consent-drift was=#GAUTOATT=0
no-more consent-drift
