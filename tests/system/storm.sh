#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# USB devices that mean harm in the place of modules (storm.py): a line without end, binary junk,
# indications, events, replies and identities by the million. Meanwhile a real module is updated, a
# person is answered, and fotad's memory, disk, log and time stay bounded; and then it is quiet.

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"

STORM_SECONDS=20
KINDS=(endless junk urcs events replies newlines names)
GROWTH_KB=8192
EVENTS_MAX=320     # of a module: 240 at once, and what comes after
LOG_LINES_MAX=4000 # of all
DISK_KB=16384 # its write-ahead log is 4 MiB, and after a large transaction more
CPU_PERCENT=40 # of one core, for all of them together
ANSWER_MSEC=300

command -v python3 >/dev/null || {
        skip "storm" "python3 is not installed"
        exit 0
}

settings() {
        local kind family
        configure <<END
gateway: {concurrent_installs: 15} # who claims to install has a place
modules:
  m0: {family: hl78xx, device: $world/m0, policy: p, imei: "354123456789017"}
$(for kind in "${KINDS[@]}"; do
                for family in hl78xx telit; do
                        printf '  %s-%s: {family: %s, device: %s/%s/%s, policy: p%s}\n' "$kind" "$family" "$family" \
                                "$world" "$family" "$kind" \
                                "$([[ $family == hl78xx ]] || echo ', telit: {protocol: sms, server_number: "+441632960123"}')"
                done
        done)
policies:
  p: {download: {decision: accept}, install: {decision: accept}}
END
}

memory() {
        awk -v key="$1:" '$1 == key { print $2 }' "/proc/${children[fotad]}/status"
}

# Of a second, in percent: user and system time in ticks of 10 ms.
ticks() {
        local stat
        stat=$(<"/proc/${children[fotad]}/stat")
        awk '{ print $12 + $13 }' <<<"${stat##*) }"
}

rises() {
        local family
        for family in hl78xx telit; do
                mkdir -p "$world/$family"
                spawn "storm-$family" nice python3 "$source_root/tests/system/storm.py" "$world/$family" \
                        "$STORM_SECONDS" "${KINDS[@]}"
                await 10 grep -q there "$world/storm-$family.log" || return
        done
}

# Each was heard, and none more than its share: 64 KiB in a quarter of a second.
is_over() {
        await $((STORM_SECONDS + 30)) eval "grep -q silent '$world/storm-hl78xx.log' && grep -q silent '$world/storm-telit.log'"
        cat "$world"/storm-*.log
        awk -v most=$((STORM_SECONDS * 256 * 5 / 4)) '/KiB/ { n += $2; if ($2 > most) bad = 1 }
                END { exit bad || n < 10240 }' "$world"/storm-*.log
}

uses_a_share_of_time() {
        local before after
        before=$(ticks)
        sleep 4
        after=$(ticks)
        echo "$(((after - before) / 4)) % of a core"
        (((after - before) / 4 <= CPU_PERCENT))
}

# Two answers may be late: the machine has others to serve than fotad.
answers_in_time() {
        local i start took late=0 all=''
        for ((i = 0; i < 10; i++)); do
                start=${EPOCHREALTIME/[.,]/}
                ctl --json list >/dev/null || return
                took=$(((${EPOCHREALTIME/[.,]/} - start) / 1000))
                ((took <= ANSWER_MSEC)) || late=$((late + 1))
                all+=" $took"
        done
        echo "answers took$all ms"
        ((late <= 2))
}

updates_the_module() {
        await 10 module_is m0 state idle && ctl update m0 --wait && module_is m0 firmware "$TO"
}

memory_is_bounded() {
        local now
        now=$(memory VmHWM)
        echo "$memory_before KiB before, $now KiB at most"
        ((now - memory_before <= GROWTH_KB))
}

history_is_bounded() {
        local kind family n
        for kind in "${KINDS[@]}"; do
                for family in hl78xx telit; do
                        n=$(ctl --json history "$kind-$family" --events | grep -o '"event":' | wc -l)
                        echo "$kind-$family: $n events"
                        ((n <= EVENTS_MAX)) || return
                done
        done
}

disk_is_bounded() {
        local kb
        kb=$(du -sk "$world/state" | cut -f1)
        echo "$kb KiB"
        ((kb <= DISK_KB))
}

log_is_bounded() {
        local lines
        lines=$(wc -l <"$world/fotad.log")
        echo "$lines lines, $(wc -c <"$world/fotad.log") bytes"
        awk '{ print $1 }' "$world/fotad.log" | sort | uniq -c | sort -rn | head -n 20
        ((lines <= LOG_LINES_MAX))
}

# What a module claims is not what another one is.
others_are_untouched() {
        module_is m0 imei 354123456789017 && module_is m0 firmware "$TO" && module_is m0 blocked ''
}

is_quiet() {
        local before after
        before=$(ticks)
        sleep 2
        after=$(ticks)
        echo "$((after - before)) ticks in two seconds"
        ((after - before <= 10))
}

# Time and memory of fotad, who dumps no core, are hidden from who is neither root nor may see all.
check_process() {
        if [[ -r /proc/${children[fotad]}/status ]]; then
                check "$@"
        else
                skip "$1" "/proc does not show fotad to us"
        fi
}

world_new
offer_one_package
start_modules m0 || exit
settings
check "fotad_starts" start_fotad
check "module_is_idle" await 10 module_is m0 state idle
memory_before=$(memory VmRSS 2>/dev/null)
check "storm_rises" rises
check_process "storm_gets_a_share_of_time" uses_a_share_of_time
check "person_is_answered_in_the_storm" answers_in_time
check "module_is_updated_in_the_storm" updates_the_module
check "storm_is_over" is_over
check_process "memory_is_bounded" memory_is_bounded
check "history_is_bounded" history_is_bounded
check "disk_is_bounded" disk_is_bounded
check "log_is_bounded" log_is_bounded
check "other_modules_are_untouched" others_are_untouched
check_process "fotad_is_quiet_after_it" await 20 is_quiet
exit "$failed"
