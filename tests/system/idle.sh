#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A fotad that has nothing to do does nothing: no wake-ups of its own, one thread. And one that hears
# thousands of indications does not grow, in memory or on disk.

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"

QUIET=20      # seconds of idleness
GROWTH_KB=64

both_idle() {
        module_is modem-0 state idle && module_is modem-1 state idle && delivered
}

wake_ups() {
        awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/${children[fotad]}/status"
}

# What goes on after the start is over when a second passes without anything.
is_settled() {
        local before
        before=$(wake_ups)
        sleep 1
        (($(wake_ups) == before))
}

# In one of three spans: what a busy machine does to it, memory taken and given back or a processor
# that somebody else wants, does not come in each, a timer of its own would.
makes_no_wake_ups() {
        local before n
        for _ in 1 2 3; do
                before=$(wake_ups)
                sleep "$QUIET"
                n=$(($(wake_ups) - before))
                echo "$n wake-ups in $QUIET s"
                ((n > 1)) || return 0
        done
        return 1
}

has_one_thread() {
        local threads=("/proc/${children[fotad]}/task/"*)
        echo "${#threads[@]} threads"
        ((${#threads[@]} == 1))
}

idle_gateway() {
        (
                world_new
                unset WATCHDOG_USEC WATCHDOG_PID
                start_server && start_modules modem --count 2 || exit
                configure <<END
modules:
  modem-0: {family: hl78xx, device: $world/modem-0}
  modem-1: {family: hl78xx, device: $world/modem-1}
$(uplink_to "$as_url/tunnel")
END
                start_fotad && await 10 both_idle || exit
                check "idle_fotad_settles" await 10 is_settled
                check "idle_fotad_makes_no_wake_ups" makes_no_wake_ups
                check "idle_fotad_has_one_thread" has_one_thread
                exit "$failed"
        ) || failed=1
}

# A module that is nothing but a shell: `script` gives it a pseudo-terminal, whose other side fotad
# has open. It answers what fotad asks, and babbles on demand.

answer() {
        local line
        case $1 in
                AT+CGMI) line='Sierra Wireless' ;;
                AT+CGMM) line='HL7800' ;;
                AT+CGMR) line=$FROM ;;
                AT+CGSN) line='354123456789017' ;;
                AT+KGSN=3) line='+KGSN: VU1' ;;
                AT+CPIN\?) line='+CPIN: READY' ;;
                AT+CCID) line='+CCID: 89330123456789012342' ;;
                AT+CIMI) line='208011234567890' ;;
                'AT+WDSI=?') line='+WDSI: (0-4479)' ;;
                AT+WDSC\?) line=$'+WDSC: 0,0\r\n+WDSC: 1,1\r\n+WDSC: 2,1' ;;
                AT+WDSS\?) line=$'+WDSS: 1,0\r\n+WDSS: 2,1' ;;
                AT+WDSG) line=$'+WDSG: 0,3\r\n+WDSG: 1,0' ;;
                AT+CEREG\?) line='+CEREG: 0,1' ;;
                AT+CSQ) line='+CSQ: 20,99' ;;
                *) line='' ;;
        esac
        [[ -z $line ]] || printf '\r\n%s\r\n' "$line"
        printf '\r\nOK\r\n'
}

shell_module() {
        local command
        while IFS= read -r -d $'\r' command; do
                answer "${command//$'\n'/}"
        done
}

start_shell_module() {
        mkfifo "$world/to" "$world/from"
        script -qfc "readlink /proc/self/fd/0 >$world/name; exec sleep 1000" /dev/null \
                <"$world/to" >"$world/from" 2>/dev/null &
        children[pty]=$!
        exec {to_fotad}>"$world/to" {from_fotad}<"$world/from"
        await 5 test -s "$world/name" || return
        ln -s "$(<"$world/name")" "$world/m0"
        shell_module <&"$from_fotad" >&"$to_fotad" &
        children[module]=$!
}

# babble N: one of each kind again and again. None of them is an event that has to be stored.
babble() {
        local i
        for ((i = 0; i < $1; i++)); do
                case $((i % 8)) in
                        0) printf '\r\n+WDSI: 77,%d\r\n' "$i" ;;
                        1) printf '\r\n+CEREG: %d\r\n' $((i % 6)) ;;
                        2) printf '\r\nRING\r\n' ;;
                        3) printf '\r\n+WDSI: 5\r\n' ;;
                        4) printf '\r\n\xff\xfe\x80 swu_Install u32_Type :0x%x\r\n' "$i" ;;
                        5) printf '\0\0\0\0\0\0\r\n+PBREADY\r\n' ;;
                        6) printf '\r\n+WDSI: %d, "98%%"\r\n' $((i + 100)) ;;
                        7) printf '\r\n+CME ERROR: %d\r\nOK\r\n' "$i" ;;
                esac
        done
}

# Sends lines, and waits until fotad has read the last one.
babble_and_wait() {
        babble "$1" >&"$to_fotad"
        printf '\r\nMARK %d\r\n' "$2" >&"$to_fotad"
        await 20 eval "ctl transcript m0 | grep -q 'MARK $2'"
}

# Each answer is as large as the transcript, and several are in memory at once.
several_ask_at_once() {
        local round i asking
        for ((round = 0; round < 5; round++)); do
                asking=()
                for ((i = 0; i < 6; i++)); do
                        ctl transcript m0 >/dev/null &
                        asking+=($!)
                done
                wait "${asking[@]}" || return
        done
}

memory() {
        awk -v key="$1:" '$1 == key { print $2 }' "/proc/${children[fotad]}/status"
}

state_size() {
        du -sk "$world/state" | cut -f1
}

grew_little() {
        echo "$1: $2 KiB, then $3 KiB"
        (($3 - $2 <= GROWTH_KB))
}

rows() {
        ctl history --events m0 | grep -c "$1"
}

# What a module can cause at will must not cost a row each.
overlong_lines_are_capped() {
        local line n
        printf -v line '%3000s' ''
        for ((n = 0; n < 300; n++)); do
                printf '\r\n%s\r\n' "${line// /x}"
        done >&"$to_fotad"
        babble_and_wait 0 3 || return
        n=$(rows line-dropped)
        echo "300 overlong lines made $n events"
        ((n > 0 && n <= 30))
}

repeated_indications_are_capped() {
        local n
        for ((n = 0; n < 300; n++)); do
                printf '\r\n+WDSI: 8\r\n'
        done >&"$to_fotad"
        babble_and_wait 0 4 || return
        n=$(rows session-closed)
        echo "300 times +WDSI: 8 without a session made $n events"
        ((n <= 30))
}

babbling_module() {
        (
                world_new
                start_server && start_shell_module || exit
                configure <<END
modules:
  m0: {family: hl78xx, device: $world/m0}
$(uplink_to "$as_url/tunnel")
END
                start_fotad && await 10 module_is m0 state idle || exit
                # The bounded things, the transcript and those who ask for it, are filled first.
                check "fotad_reads_10000_indications" babble_and_wait 10000 1
                check "fotad_answers_several_at_once" several_ask_at_once
                sleep 1
                rss=$(memory VmRSS) data=$(memory VmData) disk=$(state_size)
                check "fotad_reads_10000_more" babble_and_wait 10000 2
                sleep 1
                if grep -qa __asan_init "$bin/fotad"; then
                        skip "memory_does_not_grow" "this build keeps what is freed, to find its late users"
                else
                        check "resident_memory_does_not_grow" grew_little VmRSS "$rss" "$(memory VmRSS)"
                        check "heap_does_not_grow" grew_little VmData "$data" "$(memory VmData)"
                fi
                check "disk_use_does_not_grow" grew_little state "$disk" "$(state_size)"
                check "overlong_lines_do_not_fill_the_journal" overlong_lines_are_capped
                check "repeated_indications_do_not_fill_the_journal" repeated_indications_are_capped
                check "module_is_still_idle" module_is m0 state idle
                exit "$failed"
        ) || failed=1
}

idle_gateway
babbling_module
exit "$failed"
