#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# kill -9 of fotad at many moments of an update, and a start at once: the outcome is always the
# same, the module gets its grant once, and what was shown before is shown again within a second.
#
#   kill.sh              some moments, named by the event that they follow
#   kill.sh --random N [--seed S]   N moments, at random, sometimes two or three in one update

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"

PATIENCE=20 # seconds for the whole update
PARALLEL=4

scenario() {
        cat >"$world/scenario.yaml" <<END
firmware: $FROM
packages:
  - {bytes: 1464, to: $TO}
timings: {install: 30s, boot: 10s}
END
}

settings() {
        configure <<END
modules:
  m0: {family: hl78xx, device: $world/m0, policy: p}
policies:
  p: {download: {decision: $1}, install: {decision: $1}}
$(uplink_to "$as_url/tunnel")
END
}

# A person who says yes to whatever is asked.
approve() {
        local action
        while sleep 0.1; do
                action=$(ctl --json status m0 2>/dev/null |
                        sed -n 's/.*"pending":\[[^]]*"action":"\([a-z]*\)".*/\1/p')
                [[ -z $action ]] || ctl accept m0 "$action" 2>/dev/null
        done
}

# In these fotad waits for nothing of the module and starts over with its port.
is_calm() {
        [[ $1 == @(absent|starting|idle|connected|blocked) ]]
}

snapshot() {
        local json
        json=$(ctl --json status m0 2>/dev/null) && [[ $json ]] || return
        printf '%s\n' "$json" >"$world/snapshot"
}

# shown_job KEY: the number of the job or last_job in the snapshot; empty when there is none.
shown_job() {
        sed -nE "s/.*\"$1\":\{\"id\":([0-9]+).*/\1/p" "$world/snapshot"
}

# The state as the last event line has it: the one that is surely on disk.
state_seen() {
        tail -n 1 "$world/events" 2>/dev/null | json_get state
}

# was_journalled STATE INSTANT: an event until then had it, though maybe nobody was told before the
# kill: watch reads on where it was.
was_journalled() {
        awk -v state="$1" -v instant="$2" '
                match($0, /"time":"[^"]*"/) {
                        if (substr($0, RSTART + 8, length(instant)) <= instant)
                                last = $0
                }
                END { exit !index(last, "\"state\":\"" state "\"") }
        ' "$world/events"
}

# Kills fotad now, starts it, and looks at what it shows first.
kill_and_start() {
        local before seen after begin job killed
        lines_at_kill=$(wc -l <"$world/m0.wire") # what comes now, the dying one may not hear
        snapshot || return
        before=$(json_get state <"$world/snapshot")
        job=$(shown_job job)
        end fotad KILL
        killed=$(date +%FT%T.%3N)
        seen=$(state_seen)
        begin=${EPOCHREALTIME/[.,]/}
        spawn fotad "$bin/fotad" --config "$world/fotad.yaml" --log-level debug
        await 5 snapshot || return
        ((${EPOCHREALTIME/[.,]/} - begin < 1000000)) || {
                echo "fotad answered only after $(((${EPOCHREALTIME/[.,]/} - begin) / 1000)) ms"
                return 1
        }
        lines_at_start=$(wc -l <"$world/m0.wire")
        missed+=$(sed -n "$((lines_at_kill + 1)),${lines_at_start}p" "$world/m0.wire")
        after=$(json_get state <"$world/snapshot")
        echo "killed in $before, shown again: $after, reconciled: $(json_get reconciled <"$world/snapshot")"
        if [[ $job && $(shown_job last_job) == "$job" ]] && is_calm "$after"; then
                return # it ended in the instant before the kill
        fi
        [[ $(shown_job job) == "$job" ]] || ! grep -q '"reconciled":false' "$world/snapshot" || {
                echo "another job is shown"
                return 1
        }
        [[ $after == "$before" || $after == "$seen" ]] && return
        is_calm "$before" && is_calm "$after" && return
        # It may have moved on in the instant before the kill.
        await 3 was_journalled "$after" "$killed" >/dev/null && return
        # The module may have told better already.
        grep -q '"reconciled":true' "$world/snapshot" ||
                sed -n "$((lines_at_kill + 1)),${lines_at_start}p" "$world/m0.wire" | grep -q '^< +WDSI:'
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

silent_while_flashing() {
        awk '
                /^> AT\+WDSR=4/ { flashing = 1; next }
                /^< \+WDSI: 1[56]/ { flashing = 0 }
                flashing && /^>/ { print "sent while the module flashes: " $0; bad = 1 }
                END { exit bad }
        ' "$world/m0.wire"
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
        if ! await "$PATIENCE" succeeded; then
                must_keep_silent && kept_silent && echo "SILENT"
                return
        fi
        module_is m0 firmware "$TO" && one_job && granted_once && silent_while_flashing &&
                reports_are_sound && events_have_no_hole
}

explain() {
        echo "--- fotad:" && tail -n 40 "$world/fotad.log"
        echo "--- wire (last lines; at the kill $lines_at_kill, at the start $lines_at_start):"
        cat -n "$world/m0.wire" | tail -n 60
}

# update_with_kill POLICY KILLER...: the killer runs while the update does.
update_with_kill() {
        local policy=$1 lines_at_kill=0 lines_at_start=0 missed='' # heard by nobody
        shift
        world_new
        scenario
        start_server && start_modules m0 && settings "$policy" && start_fotad &&
                await 10 module_is m0 state idle && follow_events || return
        if [[ $policy == ask ]]; then
                approve >/dev/null 2>&1 &
                children[approve]=$!
        fi
        ctl update m0 || return
        "$@" && outcome_is_right && return
        explain
        return 1
}

# kill_after EVENT DETAIL MILLISECONDS
kill_after() {
        await "$PATIENCE" event_happened "$1" "$2" || return
        ((!$3)) || sleep "$(printf '%d.%03d' $(($3 / 1000)) $(($3 % 1000)))"
        kill_and_start
}

# kill_at MILLISECONDS...: since the order, and then since the last restart
kill_at() {
        local ms
        for ms; do
                sleep "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))"
                kill_and_start || return
        done
}

# Moments run side by side; results are told in order.

queue_folder=$(mktemp -d "${TMPDIR:-/tmp}/fotad-kill.XXXXXX") || exit 1
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$queue_folder"' EXIT
trap 'exit 1' INT TERM HUP
names=()

moment() {
        local name=$1 n=${#names[@]}
        shift
        while (($(jobs -rp | wc -l) >= PARALLEL)); do
                wait -n
        done
        names+=("$name")
        (
                update_with_kill "$@" >"$queue_folder/$n.log" 2>&1
                echo $? >"$queue_folder/$n.status"
        ) &
}

tell() {
        local n silent=0
        wait
        for n in "${!names[@]}"; do
                if [[ $(cat "$queue_folder/$n.status" 2>/dev/null) == 0 ]]; then
                        echo "ok ${names[n]}"
                        ! grep -q '^SILENT' "$queue_folder/$n.log" || silent=$((silent + 1))
                        [[ -z ${VERBOSE-} ]] || sed 's/^/    /' "$queue_folder/$n.log"
                else
                        echo "not ok ${names[n]}"
                        sed 's/^/    /' "$queue_folder/$n.log"
                        failed=1
                fi
        done
        ((!silent)) || echo "$silent of them left the end to the install watchdog: the act was not proven"
}

chosen_moments() {
        moment kill_when_the_job_is_created accept kill_after job-created '' 0
        moment kill_when_the_session_opens accept kill_after session-opened '' 0
        moment kill_when_the_download_is_granted accept kill_after agreement-accepted download 0
        moment kill_when_the_download_runs accept kill_after download-started '' 300
        moment kill_when_the_package_is_stored accept kill_after download-completed '' 0
        moment kill_when_the_install_is_granted accept kill_after agreement-accepted install 0
        moment kill_when_the_module_flashes accept kill_after install-started '' 300
        moment kill_when_the_module_restarts accept kill_after install-started '' 1700
        moment kill_when_the_install_succeeded accept kill_after install-succeeded '' 0
        moment kill_when_the_download_is_asked_for ask kill_after agreement-requested download 0
        moment kill_when_the_install_is_asked_for ask kill_after agreement-requested install 0
        moment kill_when_a_person_accepted_the_install ask kill_after agreement-accepted install 0
        moment kill_when_an_accepted_install_runs ask kill_after install-started '' 800
        moment kill_twice accept kill_at 900 1500
}

random_moments() {
        local i policy points
        RANDOM=$2
        echo "seed $2"
        for ((i = 0; i < $1; i++)); do
                policy=accept
                ((RANDOM % 3)) || policy=ask
                points=($((RANDOM % 5000)))
                ((RANDOM % 4)) || points+=($((RANDOM % 2000)))
                ((RANDOM % 8)) || points+=($((RANDOM % 2000)))
                moment "kill_at_random_${i}_${policy}_${points[*]}" "$policy" kill_at "${points[@]}"
        done
}

count=0 seed=$((${EPOCHREALTIME/[.,]/} % 32768))
while (($#)); do
        case $1 in
                --random) count=$2 ;;
                --seed) seed=$2 ;;
                *)
                        echo "Usage: $0 [--random N [--seed S]]" >&2
                        exit 2
                        ;;
        esac
        shift 2
done
if ((count)); then
        random_moments "$count" "$seed"
else
        chosen_moments
fi
tell
exit "$failed"
