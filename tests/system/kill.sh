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
# shellcheck source=tests/system/update.bash
source "$(dirname "$0")/update.bash"

PATIENCE=20 # seconds for the whole update

settings() {
        configure <<END
modules:
  m0: {family: hl78xx, device: $world/m0, policy: p}
policies:
  p: {download: {decision: $1}, install: {decision: $1}}
$(uplink_to "$as_url/tunnel")
END
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
        ((${EPOCHREALTIME/[.,]/} - begin < ${slack-3} * 1000000)) || {
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

# update_with_kill POLICY KILLER...: the killer runs while the update does.
update_with_kill() {
        local policy=$1 lines_at_kill=0 lines_at_start=0 missed='' # heard by nobody
        shift
        world_new
        offer_one_package
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

# at NAME POLICY KILLER...
at() {
        local name=$1
        shift
        moment "$name" update_with_kill "$@"
}

chosen_moments() {
        at kill_when_the_job_is_created accept kill_after job-created '' 0
        at kill_when_the_session_opens accept kill_after session-opened '' 0
        at kill_when_the_download_is_granted accept kill_after agreement-accepted download 0
        at kill_when_the_download_runs accept kill_after download-started '' 300
        at kill_when_the_package_is_stored accept kill_after download-completed '' 0
        at kill_when_the_install_is_granted accept kill_after agreement-accepted install 0
        at kill_when_the_module_flashes accept kill_after install-started '' 300
        at kill_when_the_module_restarts accept kill_after install-started '' 1700
        at kill_when_the_install_succeeded accept kill_after install-succeeded '' 0
        at kill_when_the_download_is_asked_for ask kill_after agreement-requested download 0
        at kill_when_the_install_is_asked_for ask kill_after agreement-requested install 0
        at kill_when_a_person_accepted_the_install ask kill_after agreement-accepted install 0
        at kill_when_an_accepted_install_runs ask kill_after install-started '' 800
        at kill_twice accept kill_at 900 1500
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
                at "kill_at_random_${i}_${policy}_${points[*]}" "$policy" kill_at "${points[@]}"
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
