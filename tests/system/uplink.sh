#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The real fotad and an application server that shares no line with it (as.py): every kind of
# report in every encoding, an outage with kill -9 of fotad in it, and answers of all sorts.

# Functions are called by name.
# shellcheck disable=SC2317,SC2119,SC2120

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"

as=$source_root/tests/system/as.py
FORMAT=json

# start_as [PORT]: $as_port is where it listens.
start_as() {
        : >"$world/as.log" || return
        spawn as python3 "$as" serve --key-file "$world/as.key" --log "$world/reports" \
                --behaviour "$world/behaviour" --format "$FORMAT" --port "${1:-0}"
        await 10 grep -q '^listening ' "$world/as.log" || return
        as_port=$(sed -n 's/^listening .*://p' "$world/as.log")
}

behave() {
        printf '%s\n' "$@" >"$world/behaviour.new" && mv "$world/behaviour.new" "$world/behaviour"
}

judge() {
        python3 "$as" judge "$world/reports" "$@"
}

# settings [LINE]: further lines of the uplink section
settings() {
        configure <<END
gateway: {location: {latitude: 48.874931, longitude: 2.333673, altitude: 50}}
modules:
  m0: {family: hl78xx, device: $world/m0, policy: p}
policies:
  p: {download: {decision: accept}, install: {decision: accept}}
$(uplink_to "http://127.0.0.1:$as_port/tunnel")
  lrc_id: "00000065"
  lrr_id: "08040059"
  profile: UPHTTP_LAB_LORA
  format: $FORMAT
${1-}
END
}

# begin [LINE]: server, module and fotad, with the module known and idle
begin() {
        world_new
        (umask 077 && echo 46ab678cd45df4a4e4b375eacd096acc >"$world/as.key")
        behave 'status 200'
        printf 'firmware: %s\ntimings: {install: 30s, boot: 10s}\n%s\n' "$FROM" "${PACKAGES-}" >"$world/scenario.yaml"
        start_as && start_modules m0 && settings "${1-}" || return
        # a proxy that nobody configured is not used
        http_proxy=http://127.0.0.1:9 all_proxy=http://127.0.0.1:9 start_fotad || return
        await 10 module_is m0 state idle
}

# in_world COMMAND...: in a shell and a world of its own
in_world() (
        "$@"
        status=$?
        ((status == 0)) || { ctl uplink status; tail -n 5 "$world/fotad.log" "$world/reports" "$world/as.log"; }
        world_end
        exit "$status"
)

uplink_is() {
        local value
        value=$(ctl --json uplink status | json_get "$1")
        echo "uplink: $1 is '$value', expected '$2'"
        [[ $value == "$2" ]]
}

events() {
        ctl --json history m0 --events | grep -c "\"$1\""
}

# Traffic: each makes two events at least.
session() {
        ctl connect m0 && await 10 module_is m0 state connected &&
                ctl disconnect m0 && await 10 module_is m0 state idle
}

kinds_and_encoding() {
        FORMAT=$1
        PACKAGES="packages: [{bytes: 1464, to: $TO}]"
        begin && ctl update m0 --wait && await 10 delivered || return
        judge uplink fport-1 fport-2 fport-3 margin location notification join- \
                reset-admin_reset late-0 !late-1 !counter-not-reset
}

# Nobody tells that the clock is right: nothing leaves, whatever waits.
clock_is_not_trusted() {
        local waiting
        begin && await 10 delivered && end fotad || return
        sed -i 's/^gateway: {/gateway: {trusted_time: synchronized, /' "$world/fotad.yaml"
        : >"$world/reports"
        DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent start_fotad && await 10 module_is m0 state idle && session &&
                ctl uplink flush || return
        never 1 test -s "$world/reports" || return
        waiting=$(ctl --json uplink status | json_get waiting)
        echo "$waiting reports wait"
        ((waiting > 0)) || return
        sed -i 's/trusted_time: synchronized/trusted_time: plausible/' "$world/fotad.yaml"
        ctl reload && await 10 delivered && test -s "$world/reports"
}

kinds_turned_off() {
        begin '  reports: [uplink]' && session && await 10 delivered || return
        judge uplink !location !notification
}

outage() {
        local i
        begin && session && await 10 delivered || return
        end as
        for i in 1 2 3 4 5 6; do
                session || return
                ((i % 2)) || {
                        end fotad KILL
                        start_fotad && await 10 module_is m0 state idle
                } || return
        done
        await 5 uplink_is lost true && ctl uplink status | grep -q 'Lost: since' || return
        ((i = $(ctl --json uplink status | json_get waiting))) && ((i >= 12)) || return
        start_as "$as_port" && ctl uplink flush && await 20 delivered || return
        await 5 uplink_is lost false && uplink_is dropped 0 || return
        judge late-1 late-0
}

# fotad dies while it delivers: what the server has and fotad does not know comes again.
killed_while_delivering() {
        local i
        begin || return
        end as
        for i in 1 2 3 4 5 6 7 8; do
                session || return
        done
        behave 'status 200' 'delay 50'
        start_as "$as_port" && ctl uplink flush || return
        for i in 1 2 3 4; do
                sleep "0.$((i * 13))" # at some moment: the kill is the test
                end fotad KILL
                start_fotad && ctl uplink flush || return
        done
        await 30 delivered && judge
}

held_answers() {
        begin && session && await 10 delivered || return
        behave 'status 503'
        session && await 5 uplink_is lost true && uplink_is last_status 503 || return
        ctl uplink status | grep -q 'Error: m0: HTTP status 503' || return
        behave 'status 200'
        ctl uplink flush && await 5 delivered && uplink_is lost false && uplink_is refused 0 &&
                judge
}

# Four are refused for good, the fifth in a row is not.
final_answers() {
        begin && session && await 10 delivered || return
        behave 'status 400'
        session && session && session && await 5 uplink_is refused 4 && await 5 uplink_is lost true || return
        (($(events report-refused) == 4)) || return
        behave 'status 200'
        ctl uplink flush && await 5 delivered && uplink_is refused 4 && uplink_is lost false
}

set_aside() {
        local i
        begin && behave 'status 200' 'status notification 404' || return
        end fotad
        rm -rf "$world/state" # the module is new again: a join
        : >"$world/reports"
        start_fotad && await 10 module_is m0 state idle || return
        for i in 1 2 3 4 5 6; do
                session && ctl uplink flush || return
        done
        await 10 test "$(ctl --json uplink status | grep -c '"set_aside":\["notification"\]')" == 1 || return
        await 5 uplink_is lost false && ctl uplink status | grep -q 'Set aside: notification' || return
        judge uplink location !notification || return
        behave 'status 200'
        ctl uplink flush && await 5 delivered && judge notification
}

slow_answers() {
        begin && await 10 delivered || return
        behave 'status 200' 'delay 150'
        session && await 10 delivered || return
        (($(ctl --json uplink status | json_get slow) > 1)) && ctl uplink status | grep -q 'Slow answers: [1-9]'
}

# What waited of a module that was renamed, also while fotad was down, is delivered all the same.
module_renamed() {
        begin && await 10 delivered || return
        end as
        session && sed -i 's/^  m0:/  m1:/' "$world/fotad.yaml" && ctl reload &&
                await 10 module_is m1 state idle || return
        end fotad KILL
        sed -i 's/^  m1:/  m2:/' "$world/fotad.yaml"
        start_fotad && await 10 module_is m2 state idle || return
        start_as "$as_port" && ctl uplink flush && await 10 delivered && uplink_is dropped 0 &&
                uplink_is lost false
}

# One connection carries all, and it is the second one only because fotad was started twice.
one_connection() {
        begin && session && session && await 10 delivered || return
        (($(sed -n 's/.*"port": \([0-9]*\).*/\1/p' "$world/reports" | sort -u | wc -l) <= 2))
}

command -v python3 >/dev/null || {
        skip "uplink" "python3 is not installed"
        exit "$failed"
}
check formula_gives_the_tokens_of_the_specification python3 "$as" pin "$source_root/tests/data/actility/tokens.json"
for format in json json-untyped xml; do
        check "every_kind_as_$format" in_world kinds_and_encoding "$format"
done
check kinds_that_are_turned_off in_world kinds_turned_off
check clock_that_is_not_trusted_holds_all_reports in_world clock_is_not_trusted
check outage_with_kills_loses_nothing in_world outage
check killed_while_delivering in_world killed_while_delivering
check held_answers_keep_the_reports in_world held_answers
check final_answers_are_counted in_world final_answers
check unknown_kind_is_set_aside in_world set_aside
check slow_answers_are_counted in_world slow_answers
check reports_of_a_renamed_module_are_delivered in_world module_renamed
check one_connection_for_all in_world one_connection
exit "$failed"
