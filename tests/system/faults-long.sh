#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The states of an update of an HL78xx x every fault, with the real programs: fotad over ptys and
# SQLite on a disk that fails, the module with its memory. Whatever happens, the update ends in the
# version that was offered, with one yes to one question, no byte for a module that flashes, and sound
# reports; or, where nobody can know whether it still flashes, fotad keeps silent (SILENT, one in ten
# at most). On a disk that lies only the version counts. Telit modules: telit-faults-long.sh; what
# else may happen to a line or a clock, and how each state has to end then: sim/test-faults.
#
#   faults-long.sh [STATE-FAULT...]   these alone, for example installing-blackout
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

PATIENCE=${PATIENCE-150} # seconds for the whole update: a session that got nowhere is tried again after one minute
[[ ! ${FOTAD_TEST_LONG-} ]] || PATIENCE=1700
PARALLEL=10

# Restarting is seen by the port, which goes and comes back.
STATES=(absent starting blocked idle connecting connected download-pending downloading suspended
        verifying install-pending installing restarting confirming)

# What makes the state last, in seconds of the module: 20 of them are one.
declare -A LONG=(
        [starting]='answer: 3s' [connecting]='session_step: 40s' [downloading]='download: 60s'
        [suspended]='download: 60s' [verifying]='certify: 60s' [installing]='install: 60s'
        [restarting]='boot: 160s' [confirming]='answer: 3s'
)

scenario() {
        local at='' more=''
        [[ $1 != connected ]] || at=', at: 300s' # of the module, from its start on; fotad's may take a while
        [[ $1 != blocked ]] || more='sim_pin: "1234"'
        [[ $1 != restarting ]] || more='port: usb'
        cat >"$world/scenario.yaml" <<END
firmware: $FROM
$more
packages:
  - {bytes: 1464, to: $TO$at}
timings: {install: 30s, boot: 10s${LONG[$1]+, ${LONG[$1]}}}
END
        # a key that is there twice is a mistake
        sed -i -E 's/install: 30s, (.*install: )/\1/; s/boot: 10s, (boot: )/\1/' "$world/scenario.yaml"
}

settings() {
        configure <<END
modules:
  m0: {family: hl78xx, device: $world/m0, policy: p${2-}}
policies:
  p: {download: {decision: $1}, install: {decision: $1}}
$(uplink_to "$as_url/tunnel")
END
}

# The states, and how one comes there

order() {
        await 30 is_in idle && ctl update m0
}

begin() {
        start_fotad --log-level debug || return
        [[ $1 != lying-disk ]] || echo lying >"$world/disk"
}

come_to() {
        case $1 in
                absent) begin "$2" && await 10 is_in absent ;;
                starting | blocked | idle) start_module && begin "$2" && await 20 is_in "$1" ;;
                suspended)
                        start_module && begin "$2" && order && await 20 is_in downloading &&
                                ctl suspend m0 && await 10 is_in suspended
                        ;;
                restarting)
                        start_module && begin "$2" && order && await 40 is_in installing &&
                                await 20 module_is m0 port_open false
                        ;;
                *) start_module && begin "$2" && order && await 40 is_in "$1" ;;
        esac
}

# What a person does then, so that it goes on
go_on() {
        case $1 in
                absent) start_module && order ;;
                starting | idle) order ;;
                blocked)
                        (umask 077 && echo 1234 >"$world/pin")
                        settings accept ", sim_pin_file: $world/pin" && ctl reload && order
                        ;;
                suspended) await 20 ctl resume m0 ;;
        esac
}

# How it ends

# The disk had said that it keeps what it forgot: fotad knows nothing of the update. What no one
# knows can't be held; but the next order leads there.
ends_somehow() {
        local i
        for ((i = 0; i < PATIENCE; i++)); do
                [[ $(module_get m0 firmware) != "$TO" ]] || return 0
                ! is_in idle || ctl update m0
                sleep 1
        done
        echo "it never ran $TO"
        return 1
}

ends_well() {
        if ! slack=1 await "$PATIENCE" succeeded; then
                must_keep_silent && kept_silent && echo "SILENT"
                return
        fi
        module_is m0 firmware "$TO" && await 10 one_job && granted_once && silent_while_flashing &&
                reports_are_sound
}

ends() {
        if [[ $2 == lying-disk ]]; then
                [[ $1 == idle || $1 == starting ]] || go_on "$1"
                ends_somehow
        else
                go_on "$1" && is_mended "$2" && ends_well
        fi
}

# The pending state is that of the install: the download is agreed to.
reach() {
        if [[ $1 == install-pending ]]; then
                (while sleep 0.1; do ctl accept m0 download; done) >/dev/null 2>&1 &
                children[yes]=$!
        fi
        come_to "$1" "$2" || return
        end yes
        true
}

leaves_out() {
        [[ $1-$2 != connecting-blackout || ${FOTAD_TEST_LONG-} ]] ||
                echo "fotad waits five minutes for the session that it may have had: set FOTAD_TEST_LONG=1"
}

fault_table "$@"
exit "$failed"
