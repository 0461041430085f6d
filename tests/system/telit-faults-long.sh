#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The states of an update of a Telit module x every fault, with the real programs, as faults-long.sh
# has it for the other family. A module whose power is cut before it flashes has lost its update, and
# tells so: then the job has failed and the module runs what it ran. In every other cell it ends in
# the version that was offered. Always: one yes to one question, no byte for a module that flashes,
# sound reports; a module that restarted while it asked may get a second one, to its second question.
# On a disk that lies only the version counts. How each state has to end in simulated time, with all
# three protocols: sim/test-telit-faults.
#
#   telit-faults-long.sh [STATE-FAULT...]   these alone, for example downloading-blackout
#
# KEEP=FOLDER keeps there what a test that failed had on disk.

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"
# shellcheck source=tests/system/update.bash
source "$(dirname "$0")/update.bash"
# shellcheck source=tests/system/faults.bash
source "$(dirname "$0")/faults.bash"

FAMILY=telit
FROM=10.00.144
TO=10.00.154
PATIENCE=${PATIENCE-150} # seconds for the whole update
PARALLEL=10

# Idle: it is registered with its server, which has not asked yet.
STATES=(absent starting blocked idle install-pending connecting downloading installing confirming)

# What makes the state last, in seconds of the module: 20 of them are one.
declare -A LONG=([starting]='answer: 3s' [connecting]='session_step: 40s' [downloading]='download: 80s'
        [installing]='install: 80s' [confirming]='answer: 3s')

# What a module tells as it starts is told once: fotad is to be there (5 s, at a speed of 20).
boot_late() {
        [[ $fault != blackout ]] || echo ", boot: 100s"
}

scenario() {
        local more=''
        [[ $1 != blocked ]] || more='sim_pin: "1234"'
        cat >"$world/scenario.yaml" <<END
firmware: $FROM
$more
telit: {protocol: sms}
timings: {verify: 10s, answer_window: 20min, reissue: 5min$(boot_late)${LONG[$1]+, ${LONG[$1]}}}
packages: [{at: 10d, bytes: 1464, to: $TO}]
END
}

settings() {
        configure <<END
modules:
  m0:
    {family: telit, device: $world/m0, policy: p,
     telit: {protocol: sms, server_number: "+441632960123", answer_window: 60s}${2-}}
policies:
  p: {download: {decision: accept}, install: {decision: $1}}
$(uplink_to "$as_url/tunnel")
END
}

is_registered() {
        module_is m0 registered true && [[ $(module_get m0 settings_saved) ]] && is_in idle
}

# The server of the module asks at once; it is not reached by one that starts.
offer() {
        await 90 is_registered && sleep 2 && kill -USR2 "${children[m0]}"
}

# reach STATE FAULT
reach() {
        [[ $1 == absent ]] || start_module || return
        start_fotad --log-level debug || return
        [[ $2 != lying-disk ]] || echo lying >"$world/disk"
        case $1 in
                absent | starting | blocked) await 20 is_in "$1" ;;
                idle) await 20 is_registered ;;
                *) offer && await 40 is_in "$1" ;;
        esac
}

# What happens then, so that it goes on
go_on() {
        case $1 in
                absent) start_module && offer ;;
                starting | idle) offer ;;
                blocked)
                        (umask 077 && echo 1234 >"$world/pin")
                        settings accept ", sim_pin_file: $world/pin" && ctl reload && offer
                        ;;
        esac
}

# How it ends

failed_as_it_must() {
        ctl --json status m0 | grep -q '"last_job":{.*"outcome":"failed"' && delivered &&
                module_is m0 firmware "$FROM"
}

# A power cut takes an update that is not in flash yet along.
may_be_lost() {
        [[ $2 == module-power || $2 == blackout ]] &&
                [[ $1 == install-pending || $1 == connecting || $1 == downloading || $1 == installing ]]
}

ended() {
        { succeeded && module_is m0 firmware "$TO" && one_job; } || { may_be_lost "$1" "$2" && failed_as_it_must; }
}

# Between the yes and the restart of a module that has its package nothing is said.
silent_from_the_package_on() {
        awk '
                /^< #OTAEV: Fw Download Complete/ { deaf = 1; next }
                /^< #OTAEV: / { deaf = 0 }
                deaf && /^>/ { print "sent while the module flashes: " $0; bad = 1 }
                END { exit bad }
        ' "$world/m0.wire"
}

grants() {
        grep -c '^> AT#OTASUAN=1' "$world/m0.wire"
}

# A module that restarted while it asked asks anew, and the yes to what it asked before came too late.
is_granted_as_asked() {
        local most=1
        [[ $1 != install-pending ]] || ! may_be_lost "$1" "$2" || most=2
        echo "$(grants) times AT#OTASUAN=1, expected $most at most"
        (($(grants) >= 1 && $(grants) <= most))
}

ends_well() {
        slack=1 await "$PATIENCE" ended "$1" "$2" && is_granted_as_asked "$1" "$2" &&
                silent_from_the_package_on && reports_are_sound
}

ends() {
        go_on "$1" && is_mended "$2" || return
        # fotad knows nothing of the update: the disk had said that it keeps what it forgot
        if [[ $2 == lying-disk ]]; then
                slack=1 await "$PATIENCE" module_is m0 firmware "$TO"
        else
                ends_well "$1" "$2"
        fi
}

fault_table "$@"
exit "$failed"
