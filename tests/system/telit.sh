#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Telit modules with the real programs: the three protocols, the question that can not wait, what
# is refused while an update runs, registration and settings by hand, fotad killed in each part of
# an update, a power cut in the flashing, and a SIM that goes to another module and back.

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"

FAMILY=telit
OLD=10.00.144
NEW=10.00.154
SIM_A='iccid: "89390123456789000001", imsi: "222011234567890"'
SIM_B='iccid: "89390123456789000002", imsi: "222019876543210"'

# simulate PROTOCOL [LINE...]: the scenario; packages come with plan_next
simulate() {
        local protocol=$1
        shift
        {
                printf 'firmware: %s\n' "$OLD"
                printf 'telit: {protocol: %s%s}\n' "$protocol" "${sim_telit:+, $sim_telit}"
                printf 'timings: {session_step: %s, download: %s, verify: 20s, install: %s, ' \
                        "${sim_step:-10s}" "${sim_download:-40s}" "${sim_install:-1min}"
                printf 'answer: %s, answer_window: 10min, reissue: %s}\n' "${sim_answer:-20ms}" \
                        "${sim_reissue:-infinity}"
                printf '%s\n' "$@"
        } >"$world/scenario.yaml"
}
package="packages: [{at: 10d, bytes: 165K, to: $NEW}]"

# What the scenario of a module plans next comes now.
plan_next() {
        kill -USR2 "${children[$1]}"
}

# settings PROTOCOL DECISION
settings() {
        local -A server=(
                [sms]='server_number: "+441632960123"'
                [combined]='server_address: 192.0.2.7, server_port: 5000'
                [tcp]='server_address: 192.0.2.7, server_port: 5000'
        )
        local apn=
        [[ $1 == sms ]] || apn='apn: m2m.sample, '
        configure <<END
modules:
  m0:
    {family: telit, device: $world/m0, ${apn}policy: p,
     telit: {protocol: $1, ${server[$1]}, answer_window: ${answer_window:-60s}}}
policies:
  p: {download: {decision: accept}, install: {decision: $2}}
END
}

# begin PROTOCOL DECISION [SCENARIO-LINE...]: one module that is idle and has its settings saved
begin() {
        local protocol=$1 decision=$2
        shift 2
        world_end
        world_new
        simulate "$protocol" "$@"
        settings "$protocol" "$decision"
        start_modules m0 --state "$world/m0.memory" --verbose && start_fotad &&
                await 10 module_is m0 state idle && await 10 is_saved m0
}

is_saved() {
        [[ $(module_get "$1" settings_saved) ]]
}

# happened TIMES MODULE EVENT [DETAIL]
happened() {
        local n
        n=$(ctl --json history "$2" --events | grep -F "\"event\":\"$3\"" | grep -cF -e "${4-}")
        echo "$n times the event $3 ${4-}, expected $1"
        ((n == $1))
}

# has_event MODULE EVENT [DETAIL]
has_event() {
        ! happened 0 "$@"
}

# sent TIMES COMMAND: to m0; with = at the end, whatever follows
sent() {
        local n
        n=$(awk -v line="> $2" '$0 == line || (line ~ /=$/ && index($0, line) == 1) { n++ }
                END { print n + 0 }' "$world/m0.wire")
        echo "$n times $2, expected $1"
        ((n == $1))
}

# From the line to the restart nothing is said to the module.
silent_from() {
        awk -v from="$1" '
                $0 == from { deaf = 1; next }
                /^< #OTAEV: Module Upgraded/ { deaf = 0; seen = 1 }
                deaf && /^>/ { print "sent to a module that does not listen: " $0; bad = 1 }
                END { exit bad || !seen }
        ' "$world/m0.wire"
}

succeeded() {
        ctl --json status m0 | grep -q '"last_job":{.*"outcome":"succeeded"'
}

# updated GRANT: it runs the new firmware, by one yes and as one job, and has its settings back.
updated() {
        await 40 succeeded && await 10 has_event m0 settings-restored && module_is m0 firmware "$NEW" &&
                sent 1 "$1" && silent_from '< #OTAEV: Fw Download Complete' &&
                [[ $(ctl --json history m0 | grep -o '"outcome":"[a-z]*"') == '"outcome":"succeeded"' ]]
}

# Registering over TCP passes the policy of an install, so that with `ask` a person orders it.
is_registered_by_hand() {
        module_is m0 registered '' && sent 0 'AT#OTASNAIP=' &&
                outcome 0 'registration asked for' ctl register m0 && await 10 module_is m0 registered true &&
                module_is m0 registration 'done' && has_event m0 registered '"imsi":"208011234567890"'
}

# protocols

tcp_update_is_ordered_and_accepted() {
        begin tcp ask "$package" && is_registered_by_hand && plan_next m0 || return
        ctl update m0 && await 10 module_is m0 state install-pending && sent 0 'AT#OTAIPUPD' || return
        outcome 0 'fotactl accept m0 install' ctl explain m0 install && ctl accept m0 install &&
                updated 'AT#OTAIPUPD' && sent 0 'AT#OTASUAN=1' && silent_from '> AT#OTAIPUPD'
}

combined_request_is_accepted_in_time() {
        begin combined ask "$package" && is_registered_by_hand && plan_next m0 || return
        await 10 module_is m0 state install-pending && await 10 has_event m0 policy-waiting &&
                ctl accept m0 install && updated 'AT#OTASUAN=1' && silent_from '> AT#OTASUAN=1'
}

# The module can not wait: three quarters of the time are a person's.
late_yes_wants_a_new_request() {
        answer_window=10s sim_reissue=5min begin sms ask "$package" &&
                await 10 module_is m0 registered true && plan_next m0 || return
        await 10 module_is m0 state install-pending && sent 0 'AT#OTASUAN=0' || return
        await 15 has_event m0 agreement-deferred '"answer":"refused"' &&
                await 5 sent 1 'AT#OTASUAN=0' || return # what is told is on disk, and said after that
        module_is m0 state install-pending && ctl accept m0 install &&
                await 10 has_event m0 reissue-wanted '"action":"install"' || return
        module_is m0 next 'the update server to ask again' && sent 0 'AT#OTASUAN=1' && updated 'AT#OTASUAN=1'
}

automatic_update_is_told() {
        begin sms ask "packages: [{at: 10d, bytes: 165K, to: $NEW, automatic: true}]" &&
                await 10 module_is m0 registered true && plan_next m0 || return
        await 40 succeeded && await 10 has_event m0 settings-restored && module_is m0 firmware "$NEW" &&
                has_event m0 unsanctioned-change '"cause":"server"' && sent 0 'AT#OTASUAN=1' &&
                outcome 0 '"source":"automatic"' ctl --json history m0
}

# commands

inhibited_command_is_refused() {
        sim_download=10min begin sms accept "$package" && plan_next m0 &&
                await 10 module_is m0 state downloading || return
        outcome 6 'must not get this one while its update runs' ctl command m0 AT+CGATT=0 &&
                await 10 has_event m0 command-blocked '"command":"AT+CGATT=0"' && sent 0 'AT+CGATT=0' &&
                outcome 0 '+CSQ:' ctl command m0 AT+CSQ
}

frozen_line_takes_no_command() {
        sim_download=10min begin combined accept "$package" && plan_next m0 &&
                await 10 module_is m0 state downloading || return
        outcome 6 'frozen' ctl command m0 AT+CSQ && await 10 has_event m0 command-blocked '"command":"AT+CSQ"' &&
                silent_until_now
}

silent_until_now() {
        ! sed '1,/^> AT#OTASUAN=1/d' "$world/m0.wire" | grep '^>'
}

# registration

lost_registration_is_repeated_by_hand() {
        sim_telit='lost_registrations: 1' begin sms accept && await 10 module_is m0 registration asked &&
                module_is m0 registered false && outcome 0 'not answered' ctl explain m0 install || return
        outcome 0 'registration asked for' ctl --json register m0 && await 10 module_is m0 registered true &&
                has_event m0 registered && sent 2 'AT#OTASNAP="+441632960123"'
}

register_needs_a_server() {
        world_end
        world_new
        simulate sms
        configure <<END
modules:
  m0: {family: telit, device: $world/m0}
END
        start_modules m0 && start_fotad && await 10 module_is m0 state idle &&
                outcome 6 'does not say with which server' ctl register m0 && outcome 4 '' ctl register m1 &&
                sent 0 'AT#OTASNAP'
}

# settings

# What a person sets is saved at once: a difference is what an update leaves when the module refuses
# a setting afterwards.
has_saved() {
        ctl --json settings m0 | grep -qF "\"name\":\"$1\",\"saved\":\"$2\""
}
settings_by_hand() {
        begin sms accept "$package" 'faults: [{on: "AT+CSCS=", nth: 2, times: 0, do: error}]' &&
                await 10 module_is m0 registered true || return
        outcome 0 '"now":null' ctl --json settings m0 && outcome 0 'CMGF' ctl settings m0 show &&
                outcome 0 'CMGF' ctl settings m0 diff || return
        outcome 0 OK ctl command m0 AT+CMGF=1 && await 10 has_saved +CMGF 1 &&
                outcome 0 OK ctl command m0 'AT+CSCS="GSM"' && await 10 has_saved +CSCS '\"GSM\"' || return
        plan_next m0 && await 40 succeeded && await 10 has_event m0 settings-restored '"refused":1' || return
        outcome 1 'different' ctl settings m0 diff && outcome 1 'refused' ctl settings m0 restore &&
                outcome 0 '"name":"+CMGF","saved":"1","now":"1"' ctl --json settings m0 save &&
                outcome 0 'CMGF' ctl settings m0 diff && outcome 0 'restored after' ctl settings m0 || return
        outcome 2 '' ctl settings m0 forget && outcome 4 '' ctl settings m1
}

# kills and power cuts

# killed_in STATE PROTOCOL GRANT: fotad is killed there and started at once; the look that proves an
# install lasts until then
killed_in() {
        sim_answer=2s sim_step=1min sim_download=2min sim_install=2min begin "$2" accept "$package" &&
                await 10 module_is m0 registered true && plan_next m0 || return
        [[ $2 != tcp ]] || ctl update m0 || return
        await 20 module_is m0 state "$1" && await 10 sent 1 "$3" || return
        end fotad KILL
        start_fotad && module_is m0 state "$1" && outcome 6 '' ctl command m0 AT+CGATT=0 || return
        updated "$3" && happened 0 m0 consent-drift && { [[ $2 == sms ]] || silent_from "> $3"; }
}

killed_while_asked() {
        begin combined ask "$package" && is_registered_by_hand && plan_next m0 || return
        await 10 module_is m0 state install-pending && await 10 has_event m0 policy-waiting || return
        end fotad KILL
        start_fotad && await 10 module_is m0 state install-pending && ctl accept m0 install &&
                updated 'AT#OTASUAN=1' && silent_from '> AT#OTASUAN=1'
}

power_cut_in_the_flashing() {
        begin sms accept "$package" && await 10 module_is m0 registered true && plan_next m0 || return
        await 20 grep -q 'm0 \* flashes' "$world/m0.log" || return
        end m0 KILL
        await 10 has_event m0 module-gone && module_is m0 state installing || return
        start_modules m0 --state "$world/m0.memory" && updated 'AT#OTASUAN=1'
}

# the SIM

# With AT+CMEE=0 the module does not tell whether there is none.
lacks_a_sim() {
        [[ $(module_get "$1" missing) == *'a SIM'* ]]
}

sim_goes_and_comes_back() {
        world_end
        world_new
        sim_telit='qss: true, registers_again: false' simulate sms "${SIM_A/, /$'\n'}" 'cards:' \
                '  - {at: 10d, out: true}' '  - {at: 20d, elsewhere: true}' 'requests: [{at: 30d, action: register}]'
        start_modules m0 || return
        sim_telit='qss: true' simulate sms 'imei: "354678901234571"' "${SIM_B/, /$'\n'}" 'cards:' \
                "  - {at: 10d, $SIM_A}" '  - {at: 20d, out: true}'
        start_modules m1 || return
        configure <<END
modules:
  m0:
    {family: telit, device: $world/m0, policy: p,
     telit: {server_number: "+441632960123", own_number: "+441632960456"}}
  m1: {family: telit, device: $world/m1, policy: p, telit: {server_number: "+441632960123"}}
policies:
  p: {download: {decision: accept}, install: {decision: accept}}
END
        start_fotad && await 10 module_is m0 registered true && await 10 module_is m1 registered true &&
                plan_next m0 && await 10 lacks_a_sim m0 || return
        plan_next m1 && await 10 has_event m1 sim-swapped '"with":"m0"' &&
                await 10 has_event m1 registered '"imsi":"222011234567890"' &&
                await 10 module_is m1 registered true || return
        plan_next m1 && await 10 lacks_a_sim m1 && plan_next m0 &&
                await 10 has_event m0 sim-swapped '"with":"m1"' && await 10 sent 2 'AT#OTASNAP=' || return
        await 10 module_is m0 state idle && module_is m0 registered false &&
                outcome 0 'forced registration of IMEI 354678901234563, number +441632960456' ctl explain m0 install &&
                plan_next m0 && await 10 module_is m0 registered true && happened 1 m0 sim-swapped
}

# They run side by side, each in a world of its own; what they say is told in order.

PARALLEL=4
results=$(mktemp -d "${TMPDIR:-/tmp}/fotad-telit.XXXXXX") || exit 1
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$results"' EXIT
trap 'exit 1' INT TERM HUP
n_tests=0

aside() {
        local n=$((n_tests++))
        while (($(jobs -rp | wc -l) >= PARALLEL)); do
                wait -n
        done
        (check "$@" >"$results/$n.log" 2>&1) &
}

tell() {
        local n
        wait
        for ((n = 0; n < n_tests; n++)); do
                cat "$results/$n.log"
                grep -q '^ok ' "$results/$n.log" || failed=1
        done
}

aside tcp_update_is_ordered_and_accepted tcp_update_is_ordered_and_accepted
aside combined_request_is_accepted_in_time combined_request_is_accepted_in_time
aside late_yes_wants_a_new_request late_yes_wants_a_new_request
aside automatic_update_is_told automatic_update_is_told
aside inhibited_command_is_refused inhibited_command_is_refused
aside frozen_line_takes_no_command frozen_line_takes_no_command
aside lost_registration_is_repeated_by_hand lost_registration_is_repeated_by_hand
aside register_needs_a_server register_needs_a_server
aside settings_by_hand settings_by_hand
aside killed_while_connecting killed_in connecting tcp 'AT#OTAIPUPD'
aside killed_while_connecting_after_a_yes killed_in connecting combined 'AT#OTASUAN=1'
aside killed_while_downloading killed_in downloading sms 'AT#OTASUAN=1'
aside killed_while_installing killed_in installing combined 'AT#OTASUAN=1'
aside killed_while_asked killed_while_asked
aside killed_while_confirming killed_in confirming combined 'AT#OTASUAN=1'
aside power_cut_in_the_flashing power_cut_in_the_flashing
aside sim_goes_and_comes_back sim_goes_and_comes_back
tell
exit "$failed"
