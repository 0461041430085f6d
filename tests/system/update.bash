#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the tests share that disturb one update of m0: a person who agrees, and how it must end. They
# set PATIENCE (seconds for the whole update), lines_at_kill and lines_at_start (of the dialogue)
# and missed (what the module said to nobody).

# Functions are called by name; the variables are the caller's.
# shellcheck disable=SC2317,SC2154,SC2034

PARALLEL=4

# A person who says yes to whatever is asked.
approve() {
        local action
        while sleep 0.1; do
                action=$(ctl --json status m0 2>/dev/null |
                        sed -n 's/.*"pending":\[[^]]*"action":"\([a-z]*\)".*/\1/p')
                [[ -z $action ]] || ctl accept m0 "$action" 2>/dev/null
        done
}

follow_events() {
        "$bin/fotactl" --json watch m0 >"$world/events" 2>/dev/null &
        children[watch]=$!
        await 5 ctl --json list
        sleep 0.1
}

event_happened() {
        grep -q "\"event\":\"$1\".*${2-}" "$world/events"
}

succeeded() {
        ctl --json status m0 | grep -q "\"last_job\":{.*\"outcome\":\"succeeded\"" && delivered
}

# fotad died between the commit of a grant and the first sign of it, or while the module said that
# it is done: it keeps silent until the watchdog, which is too long for a test.
must_keep_silent() {
        module_is m0 state installing || return
        [[ $missed == *'+WDSI: 16'* || $missed == *'+WDSI: 14'* ]] ||
                ! sed -n '/^> AT+WDSR=4/,$p' "$world/m0.wire" | head -n "$lines_at_kill" | grep -q '^< +WDSI: 14'
}

kept_silent() {
        local n
        n=$(tail -n +"$((lines_at_start + 1))" "$world/m0.wire" | grep -c '^>')
        echo "$n lines were sent to a module that may be flashing"
        ((n == 0)) && module_is m0 state installing
}

granted_once() {
        local n
        n=$(grep -c '^> AT+WDSR=4' "$world/m0.wire")
        echo "$n times AT+WDSR=4"
        ((n == 1))
}

# Every event in the order of its number, and none left out, though fotad was killed meanwhile.
events_have_no_hole() {
        awk '
                match($0, /"sequence":[0-9]+/) {
                        n = substr($0, RSTART + 11, RLENGTH - 11) + 0
                        if (last && n != last + 1) { print "event " n " follows " last; bad = 1 }
                        last = n
                }
                END { exit bad }
        ' "$world/events"
}

one_job() {
        local history
        history=$(ctl --json history m0)
        printf '%s\n' "$history"
        [[ $(grep -o '"outcome":"[a-z]*"' <<<"$history") == '"outcome":"succeeded"' ]]
}

outcome_is_right() {
        if ! slack=1 await "$PATIENCE" succeeded; then
                must_keep_silent && kept_silent && echo "SILENT"
                return
        fi
        module_is m0 firmware "$TO" && one_job && granted_once && silent_while_flashing &&
                reports_are_sound && events_have_no_hole
}

explain() {
        echo "--- fotad:" && tail -n 40 "$world/fotad.log"
        echo "--- wire (at the kill $lines_at_kill, at the start $lines_at_start):"
        cat -n "$world/m0.wire" | tail -n "+$((lines_at_kill > 20 ? lines_at_kill - 20 : 1))" | head -n 300
}

# Moments run side by side; results are told in order.

queue_folder=$(mktemp -d "${TMPDIR:-/tmp}/fotad-moments.XXXXXX") || exit 1
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$queue_folder"' EXIT
trap 'exit 1' INT TERM HUP
names=()

# moment NAME COMMAND...
moment() {
        local name=$1 n=${#names[@]}
        shift
        while (($(jobs -rp | wc -l) >= PARALLEL)); do
                wait -n
        done
        names+=("$name")
        (
                "$@" >"$queue_folder/$n.log" 2>&1
                echo $? >"$queue_folder/$n.status"
        ) &
}

# Few moments may decide nothing: SILENT is an end that only the install watchdog would bring.
tell() {
        local n silent=() most=$((1 + ${#names[@]} / 10))
        wait
        for n in "${!names[@]}"; do
                if [[ $(cat "$queue_folder/$n.status" 2>/dev/null) == 0 ]]; then
                        echo "ok ${names[n]}"
                        ! grep -q '^SILENT' "$queue_folder/$n.log" || silent+=("${names[n]}")
                        [[ -z ${VERBOSE-} ]] || sed 's/^/    /' "$queue_folder/$n.log"
                else
                        echo "not ok ${names[n]}"
                        sed 's/^/    /' "$queue_folder/$n.log"
                        failed=1
                fi
        done
        ((${#silent[@]})) || return 0
        echo "warning: ${#silent[@]} of ${#names[@]} prove silence only, their end is the install watchdog's:" \
                "${silent[*]}"
        ((${#silent[@]} <= most)) || {
                echo "not ok most_moments_show_their_end"
                echo "    at most $most may not"
                failed=1
        }
}
