#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# An application server that commands: a whole update by downlink frames, from the order to both
# yeses, with its answers and the fate of every frame in the reports; inhibitors; replays; and frames
# that were accepted before fotad was killed.

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"

EUI=0354123456789017
PATIENCE=20

settings() {
        configure <<END
modules:
  m0: {family: hl78xx, device: $world/m0, policy: p, class: $1}
policies:
  p: {download: {decision: ask}, install: {decision: ask}}
$(uplink_to "$as_url/tunnel")
downlink: {listen: "unix:$world/downlink.sock", rate: {per_minute: 600, burst: 20}}
END
}

start_all() {
        world_new
        offer_one_package
        start_server && settings "$1" && start_modules m0 && start_fotad &&
                await 10 module_is m0 state idle && await 10 delivered
}

# frame HEX [OPTION...]: what the endpoint says, and 0 when it was taken
frame() {
        local payload=$1
        shift
        "$bin/fotasim" downlink --url "unix:$world/downlink.sock" --key-file "$world/as.key" \
                --as-id app1 --dev-eui "$EUI" --payload "$payload" "$@"
}

# reported PATTERN: a verified report has it
reported() {
        grep '"verified":true' "$world/as.log" | grep -E "$1" || {
                tail -n 5 "$world/as.log" | cut -c 1-1500
                return 1
        }
}

asks_for() {
        ctl --json status m0 | grep -q "\"pending\":\[{\"action\":\"$1\""
}

ended_well() {
        ctl --json status m0 | grep -q '"last_job":{.*"by":"AS app1".*"outcome":"succeeded"\|"last_job":{.*"outcome":"succeeded".*"by":"AS app1"'
}

update_by_frames() {
        frame 0105 --correlation-id 0123456789ABCDEF && # update
                await "$PATIENCE" asks_for download && frame 0103030101 && # accept download
                await "$PATIENCE" asks_for install && frame 0103030102 --confirmed --v2 &&
                await "$PATIENCE" ended_well && module_is m0 firmware "$TO" && await 10 delivered
}

# 01: the layout; 05: update; then the state, flags and fields, with result (tag 9) done
every_frame_was_answered() {
        reported '"fport":5,.*"payload_hex":"0105[0-9A-Fa-f]{4}.*0901?00' &&
                (($(grep -c '"fport":5,' "$world/as.log") == 3)) &&
                (($(grep -c 'DevEUI_downlink_Sent\|downlink-sent' "$world/as.log") == 3)) &&
                reported '0123456789ABCDEF'
}

confirmed_one_was_acknowledged() {
        (($(grep -ciE '"ack(bit)?":"?(1|true)' "$world/as.log") == 1))
}

history_names_the_server() {
        ctl --json history m0 >"$world/jobs" && ctl --json history m0 --events >"$world/history" &&
                contains "$world/jobs" '"by":"AS app1"' &&
                grep -q '"event":"agreement-accepted".*"by":"AS app1"' "$world/history"
}

inhibit_by_frame() {
        frame 010b0c010406020050 && # install, for 80 minutes
                await 5 inhibited && frame 010c && await 5 free
}

inhibited() {
        ctl --json inhibitors | grep -q '"by":"AS app1".*"source":"server"'
}

free() {
        [[ $(ctl --json inhibitors) == '[]' ]]
}

unknown_opcode_is_told() {
        frame 0177 && await 5 reported '"fport":5,.*"payload_hex":"0177'
}

replay_is_carried_out_once() {
        local time before after
        time=$(date -u +%FT%T.000+00:00)
        before=$(ctl --json history m0 --events | grep -o '"event":"ordered"' | wc -l)
        frame 0101 --time "$time" && frame 0101 --time "$time" && await 5 delivered && sleep 0.2
        after=$(ctl --json history m0 --events | grep -o '"event":"ordered"' | wc -l)
        echo "$before orders before, $after after"
        ((after == before + 1))
}

forged_frame_is_refused() {
        local said
        (umask 077 && printf '0%.0s' {1..32} >"$world/other.key")
        said=$("$bin/fotasim" downlink --url "unix:$world/downlink.sock" --key-file "$world/other.key" \
                --as-id app1 --dev-eui "$EUI" --payload 0105 --v2 2>&1)
        printf '%s\n' "$said"
        [[ $said == *111* ]] && module_is m0 job ''
}

# The frame waits for the next uplink: fotad is killed with it on disk, and carries it out once.
class_a_survives_a_kill() {
        start_all A && frame 0101 && ! grep -q 'asked for by AS app1' "$world/fotad.log" || return
        end fotad KILL
        start_fotad && ctl connect m0 && await "$PATIENCE" grep -q 'connect: asked for by AS app1' "$world/fotad.log" &&
                sleep 0.5 && (($(grep -c 'connect: asked for by AS app1' "$world/fotad.log") == 1)) &&
                await 10 delivered && reported 'DeliveryStatus|delivery|downlink'
}

# The disk fails in the turn that carries it out; before it works again a reload takes the downlink
# away, and another brings it back.
class_a_happens_once_on_a_bad_disk() {
        local fotad_prefix
        start_all A && "${CC:-cc}" -shared -fPIC -o "$world/disk.so" "$source_root/tests/system/preload/disk.c" -ldl || return
        end fotad
        fotad_prefix=(env LD_PRELOAD="$world/disk.so" DISK_FAULT="$world/disk" DISK_FOLDER="$world/state"
                ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0") # disk.so is first
        start_fotad && await 10 module_is m0 state idle && frame 010403010206015a || return # defer
        echo eio >"$world/disk"
        end m0 # which is told, and opens the windows
        await "$PATIENCE" grep -q '^storage-failed' "$world/fotad.log" && contains "$world/fotad.log" "$CARRIED_OUT" || return
        cp "$world/fotad.yaml" "$world/with.yaml"
        sed -i '/^downlink:/d' "$world/fotad.yaml" && ctl reload && cp "$world/with.yaml" "$world/fotad.yaml" &&
                ctl reload || return
        rm "$world/disk"
        await 30 grep -q '^storage-restored' "$world/fotad.log" && start_modules m0 &&
                await "$PATIENCE" module_is m0 state idle && ctl connect m0 && await "$PATIENCE" module_is m0 state connected &&
                await 10 delivered && (($(grep -c "$CARRIED_OUT" "$world/fotad.log") == 1)) &&
                (($(grep -c 'DevEUI_downlink_Sent\|downlink-sent' "$world/as.log") == 1))
}
CARRIED_OUT='defer: asked for by AS app1'

check start_with_class_c start_all C
check update_by_frames update_by_frames
check every_frame_was_answered every_frame_was_answered
check confirmed_one_was_acknowledged confirmed_one_was_acknowledged
check history_names_the_server history_names_the_server
check inhibit_by_frame inhibit_by_frame
check unknown_opcode_is_told unknown_opcode_is_told
check replay_is_carried_out_once replay_is_carried_out_once
check forged_frame_is_refused forged_frame_is_refused
check reports_are_sound reports_are_sound
world_end
check class_a_survives_a_kill class_a_survives_a_kill
world_end
check class_a_happens_once_on_a_bad_disk class_a_happens_once_on_a_bad_disk
exit "$failed"
