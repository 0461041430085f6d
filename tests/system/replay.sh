#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The transcript of an update, played back to a fotad that knows nothing of it, ends as the update
# did; and a story can be made of it.

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"

start_gateway() {
        configure <<END
modules:
  m0: {family: hl78xx, device: $world/m0, policy: p, session: {mode: always}}
policies:
  p: {download: {decision: accept}, install: {decision: accept}}
END
        start_fotad
}

# What came of it, without times: the module's last job and its firmware.
result() {
        ctl --json history m0 | sed -E 's/"(since|finished)":"[^"]*",?//g'
        module_get m0 firmware
        ctl history --events m0 | grep -c install-succeeded
}

record() {
        cat >"$world/scenario.yaml" <<END
firmware: $FROM
packages:
  - {bytes: 1464, to: $TO}
timings: {install: 20s}
END
        start_modules m0 && start_gateway && await 60 module_is m0 firmware "$TO" &&
                await 20 module_is m0 state idle || return
        ctl transcript m0 >"$world/transcript" && ctl --json transcript m0 >"$world/transcript.json" &&
                result >"$world/result" && contains "$world/result" '"outcome":"succeeded"'
}

# A fotad that remembers nothing, and the transcript in place of the module.
forget() {
        end fotad
        end m0
        rm -rf "$world/state" "$world"/m0.{log,wire}
}

replay() {
        spawn m0 "$bin/fotasim" --replay "$world/$1" --link "$world/m0" --speed "${2:-1}" --log "$world/m0.wire"
        await 10 grep -q '^ready ' "$world/m0.log"
}

same_result() {
        result >"$world/again"
        diff "$world/result" "$world/again"
}

# stopped STATUS
stopped() {
        local pid=${children[m0]} got
        unset 'children[m0]'
        kill "$pid"
        wait "$pid"
        got=$?
        cat "$world/m0.log"
        echo "exit $got, expected $1"
        [[ $got == "$1" ]]
}

replays() {
        check "$1_is_played" replay "$1" "$2"
        check "$1_is_heard_by_a_new_fotad" start_gateway
        check "$1_comes_to_its_end" await 60 grep -q '^replayed [1-9][0-9]* lines$' "$world/m0.log"
        check "$1_ends_as_the_update_did" await 10 same_result
        check "$1_was_followed_to_the_word" stopped 0
}

# A person asks for something that nobody asked then.
unknown_command() {
        ctl command m0 AT+COPS? | tee "$world/reply"
        contains "$world/reply" ERROR && contains "$world/m0.log" "AT+COPS?: answered with ERROR"
}

cut_short() {
        grep -v 'AT+WDSR=4' "$world/transcript" | sed '/+WDSI: 3$/,$d' >"$world/short"
        echo "$(tail -n 1 "$world/transcript" | cut -d' ' -f1) > AT+FOO=1" >>"$world/short"
        replay short 10 && start_gateway && await 20 module_is m0 state verifying && unknown_command &&
                stopped 1 && contains "$world/m0.log" "AT+FOO=1 was not said"
}

bad_transcript() {
        echo "root@gateway:~# fotactl transcript m0" | cat - "$world/transcript" >"$world/bad"
        ! timeout 10 "$bin/fotasim" --replay "$world/bad" --link "$world/m0" 2>"$world/complaint" &&
                contains "$world/complaint" "$world/bad:1: "
}

makes_story() {
        "$bin/fotasim" story "$world/transcript" >"$world/update.story" || return
        sed 1d "$world/update.story" >"$world/a"
        "$bin/fotasim" story - <"$world/transcript.json" | sed 1d >"$world/b"
        contains "$world/a" "policy install accept" && contains "$world/a" "> AT+WDSR=4" &&
                contains "$world/a" "answer AT+CGMR = $TO|OK" &&
                diff <(grep -v '^#' "$world/a") <(grep -v '^#' "$world/b")
}

world_new
check "update_is_recorded" record
check "story_is_made" makes_story
forget
replays transcript 1
forget
replays transcript.json 20
forget
check "other_dialogue_is_told" cut_short
forget
check "bad_transcript_has_a_place" bad_transcript
exit "$failed"
