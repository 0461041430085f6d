#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A name server that never answers must not hold up the loop: fotactl is answered at once all the
# time, and an update goes through meanwhile. Runs in a network and a mount namespace of its own,
# with nothing but the loopback interface.

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"

SLOW_USEC=500000
SERVER=127.0.0.53

why_not() {
        local command
        ((EUID == 0)) || {
                echo "needs root"
                return
        }
        for command in unshare ip systemd-socket-activate; do
                command -v "$command" >/dev/null || {
                        echo "$command is not installed"
                        return
                }
        done
        unshare --net --mount true 2>/dev/null || echo "no namespaces can be made here"
}

# Takes what comes and never reads it.
start_silent_server() {
        spawn dns systemd-socket-activate --datagram -l "$SERVER:53" sleep 1000
        sleep 0.3
        runs dns
}

use_silent_server() {
        printf 'nameserver %s\noptions timeout:5 attempts:3\n' "$SERVER" >"$world/resolv.conf"
        printf 'hosts: files dns\n' >"$world/nsswitch.conf"
        mount --bind "$world/resolv.conf" /etc/resolv.conf &&
                mount --bind "$world/nsswitch.conf" /etc/nsswitch.conf
}

# The longest time that an answer took, while the update runs.
ask_all_the_time() {
        local begin took longest=0 n=0 deadline=$((SECONDS + 20))
        until module_is m0 firmware "$TO" >/dev/null; do
                begin=${EPOCHREALTIME/[.,]/}
                ctl list >/dev/null || return
                took=$((${EPOCHREALTIME/[.,]/} - begin))
                ((took <= longest)) || longest=$took
                ((n += 1))
                ((SECONDS < deadline)) || {
                        echo "the update does not go through"
                        ctl status m0
                        return 1
                }
        done
        echo "$n answers, the longest after $((longest / 1000)) ms"
        ((longest < SLOW_USEC))
}

resolver_is_stuck() {
        local threads=("/proc/${children[fotad]}/task/"*)
        echo "${#threads[@]} threads"
        ((${#threads[@]} == 2)) # its resolver is the only other one
}

nothing_is_delivered() {
        [[ $(ctl --json uplink status | json_get accepted) == 0 ]]
}

stops_quickly() {
        local begin=${EPOCHREALTIME/[.,]/}
        end fotad
        echo "stopped after $(((${EPOCHREALTIME/[.,]/} - begin) / 1000)) ms"
        ((${EPOCHREALTIME/[.,]/} - begin < 2000000))
}

inside() {
        world_new
        ip link set lo up || return
        check "silent_name_server_runs" start_silent_server
        check "silent_name_server_is_used" use_silent_server
        cat >"$world/scenario.yaml" <<END
firmware: $FROM
packages:
  - {bytes: 1464, to: $TO}
timings: {install: 60s}
END
        start_modules m0 || return
        (umask 077 && echo 00112233445566778899aabbccddeeff >"$world/as.key")
        configure <<END
modules:
  m0: {family: hl78xx, device: $world/m0, policy: p}
policies:
  p: {download: {decision: accept}, install: {decision: accept}}
$(uplink_to "https://as.example.com/tunnel")
END
        check "fotad_starts_with_a_silent_name_server" start_fotad
        check "module_is_found" await 10 module_is m0 state idle
        check "name_is_being_looked_up" await 5 resolver_is_stuck
        check "update_is_ordered" ctl update m0
        check "fotactl_is_answered_within_500_ms_during_the_update" ask_all_the_time
        check "no_report_came_through" nothing_is_delivered
        check "fotad_stops_quickly_while_a_name_is_looked_up" stops_quickly
        exit "$failed"
}

if [[ ${1-} == --inside ]]; then
        inside
        exit 1
fi
reason=$(why_not)
if [[ $reason ]]; then
        skip "silent_name_server" "$reason"
        exit 0
fi
exec unshare --net --mount --propagation private "$0" --inside
