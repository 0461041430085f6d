#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Packages that go over the port, with the real programs: a handed-over file, a chain of the
# catalogue, what is refused, and fotad stopped or killed in the middle of a transfer.

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"

V1=HL7800.4.4.14.0
V2=HL7800.4.5.4.0
V3=HL7800.4.7.1.0
SPEED=10 # the receiver of the file has its own timers, which must not become too short
arrow=-\>
[[ $(locale charmap) != UTF-8 ]] || arrow=→

scenario() {
        cat >"$world/scenario.yaml" <<END
firmware: $V1
timings: {install: 12s, boot: 5s}
${sim_more-}
END
}

package() {
        "$bin/fotasim" package --from "$1" --to "$2" --bytes "$3" >"$world/$4"
}

settings() {
        local sum12 sum23
        package "$V1" "$V2" 60000 12.ua
        package "$V2" "$V3" 30000 23.ua
        sum12=$(sha256sum <"$world/12.ua") sum23=$(sha256sum <"$world/23.ua")
        configure <<END
modules:
  m0: {family: hl78xx, device: $world/m0, policy: p}
policies:
  p: {download: {decision: accept}, install: {decision: ${1-accept}}}
packages:
  - {family: hl78xx, from: $V1, to: $V2, file: 12.ua, sha256: ${sum12%% *}}
  - {family: hl78xx, from: $V2, to: $V3, file: 23.ua, sha256: ${sum23%% *}}
END
}

# A world with one module that is idle.
begin() {
        world_end
        world_new
        scenario
        settings "$@"
        start_modules m0 && start_fotad && await 10 module_is m0 state idle
}

pushes() {
        module_is m0 state downloading && ((10#0$(module_get m0 progress) > 10))
}

wire_has() {
        local n
        n=$(grep -c -e "^> $2" "$world/m0.wire")
        echo "$n times $2"
        ((n == $1))
}

file_is_pushed() {
        timeout 60 "$bin/fotactl" update m0 --file "$world/12.ua" --wait >"$world/told" 2>&1 || {
                cat "$world/told"
                return 1
        }
        module_is m0 firmware "$V2" && wire_has 1 'AT+WDSD=60000' && wire_has 1 'AT+WDSR=4' &&
                contains "$world/told" install-succeeded && ! grep -q $'\r\|\e' "$world/told"
}

history_names_the_source() {
        outcome 0 '"source":"file"' ctl --json history m0
}

chain_is_shown_and_run() {
        timeout 90 "$bin/fotactl" update m0 --package --to "$V3" --wait >"$world/told" 2>&1 || {
                cat "$world/told"
                return 1
        }
        contains "$world/told" "$V1 $arrow $V2 $arrow $V3, 2 updates" && module_is m0 firmware "$V3" &&
                [[ $(ctl --json history m0 | grep -o '"outcome":"succeeded"' | wc -l) == 2 ]]
}

nothing_newer() {
        outcome 6 "$V3" ctl update m0 --package
}

no_way() {
        outcome 6 'no way' ctl update m0 --package --to HL7800.9.9.9.9
}

no_file() {
        outcome 1 'No such file' ctl update m0 --file "$world/none.ua"
}

no_regular_file() {
        outcome 1 '' ctl update m0 --file "$world"
}

usage_is_checked() {
        outcome 2 '--to' ctl update m0 --to "$V3" && outcome 2 '--file' ctl update m0 --file x --package
}

damaged_package() {
        echo x >>"$world/12.ua"
        outcome 6 'SHA-256' ctl update m0 --package && wire_has 0 'AT+WDSD='
}

original_may_go() {
        ctl update m0 --file "$world/12.ua" && rm "$world/12.ua" &&
                await 30 module_is m0 firmware "$V2"
}

# The module falls silent for some seconds in the middle of its first transfer.
begin_push() {
        sim_more='xmodem: {silent_at_block: 20, times: 1}' begin && ctl update m0 --file "$world/12.ua" &&
                await 20 pushes
}

cancelled_half_way() {
        begin_push && ctl cancel m0 && await 20 module_is m0 state idle &&
                outcome 0 '"reason":"cancelled"' ctl --json history m0 &&
                await 20 outcome 0 OK ctl command m0 AT+CSQ
}

busy_line_is_told() {
        begin_push && outcome 6 'goes over' ctl command m0 AT+CSQ &&
                outcome 6 'cancel' ctl suspend m0 && outcome 6 'job 1' ctl update m0 --file "$world/12.ua"
}

second_signal_ends_a_push() {
        begin_push || return
        kill -TERM "${children[fotad]}" && sleep 0.5 && runs fotad || return
        contains "$world/fotad.log" 'Stopping waits' || return
        kill -TERM "${children[fotad]}"
        await 20 not runs fotad && start_fotad && await 20 module_is m0 state idle &&
                outcome 0 '"reason":"cancelled"' ctl --json history m0
}

not() {
        ! "$@"
}

# The module waits for more blocks; after the start it is talked out of that.
killed_half_way() {
        begin_push || return
        end fotad KILL
        start_fotad && await 60 module_is m0 state idle &&
                outcome 0 '"reason":"xmodem-failed"' ctl --json history m0 &&
                await 20 outcome 0 OK ctl command m0 AT+CSQ
}

killed_half_way_of_a_package() {
        sim_more='xmodem: {silent_at_block: 20, times: 1}' begin && ctl update m0 --package --to "$V2" &&
                await 20 pushes || return
        end fotad KILL
        start_fotad && await 120 module_is m0 firmware "$V2" &&
                await 10 outcome 0 '"outcome":"succeeded"' ctl --json history m0
}

failure_is_exit_7() {
        begin || return
        package HL7800.1.1.1.1 "$V2" 5000 other.ua
        outcome 7 'update-failed' timeout 60 "$bin/fotactl" update m0 --file "$world/other.ua" --wait
}

install_is_asked_for() {
        begin ask && ctl update m0 --file "$world/12.ua" && await 30 module_is m0 state install-pending &&
                wire_has 0 'AT+WDSR=4' && ctl accept m0 install && await 30 module_is m0 firmware "$V2"
}

begin || exit 1
check usage_is_checked usage_is_checked
check no_file no_file
check no_regular_file no_regular_file
check no_way no_way
check file_is_pushed file_is_pushed
check history_names_the_source history_names_the_source
begin || exit 1
check chain_is_shown_and_run chain_is_shown_and_run
check nothing_newer nothing_newer
begin || exit 1
check original_may_go original_may_go
begin || exit 1
check damaged_package damaged_package
check failure_is_exit_7 failure_is_exit_7
check install_is_asked_for install_is_asked_for
check busy_line_is_told busy_line_is_told
check cancelled_half_way cancelled_half_way
check second_signal_ends_a_push second_signal_ends_a_push
check killed_half_way killed_half_way
check killed_half_way_of_a_package killed_half_way_of_a_package
exit "$failed"
