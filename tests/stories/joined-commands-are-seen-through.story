# Basic commands can be joined to one line: what would take the line away is found in there too.
start
wait 1min
command refused ATE0Q1
command refused ATE0Z
command refused ATE1V0
command refused ATS0=0S3=10
command refused AT+CSQ;E0O
command refused AT&C1D*99#
command ATE1S3?
> ATE1S3?
< OK
command AT+COPS="ZVQ"
> AT+COPS="ZVQ"
< OK
