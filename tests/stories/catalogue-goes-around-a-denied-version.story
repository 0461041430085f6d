# to: the shorter way leads through a version that policy denies, and the newest one is denied as well.
policy install accept
versions to deny 1.7.*
versions to deny >=2
hop HL7800.1.6.3.0.20180803 HL7800.1.7.0
hop HL7800.1.7.0 HL7800.1.9.0
hop HL7800.1.6.3.0.20180803 HL7800.1.8.0
hop HL7800.1.8.0 HL7800.1.8.5
hop HL7800.1.8.5 HL7800.1.9.0
hop HL7800.1.9.0 HL7800.2.0
start
wait 5s
order update package to=HL7800.1.7.0 refused
order update package to=HL7800.2.0 refused
order update package
event job-created source=catalogue
wait 1s
