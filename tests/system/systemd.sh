#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What a service manager makes of fotad. The installed files are looked at as they are, which needs
# no rights; then, as root, a systemd of its own is booted as PID 1 of new namespaces over a
# throw-away copy (overlay) of the root file system, and fotad runs in it as its unit says, with a
# simulated module. Nothing of that leaves traces: the namespaces die with this script. The clock,
# kernel modules and devices of the machine are out of reach in there.
#
# shellcheck disable=SC2317 # the tests are functions that check() calls

set -uo pipefail
umask 022

program=$(readlink -f "$0")
source=${program%/tests/system/*}
score_max=15 # tenths
# shellcheck source=tests/system/container.bash
source "$source/tests/system/container.bash"

scratch=$(mktemp -d "${TMPDIR:-/tmp}/fotad-systemd.XXXXXX") || exit 1
chmod 755 "$scratch"
tree=$scratch/tree log=$scratch/log
failed=0
trap 'container_stop 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP

# check NAME COMMAND...: ok when the command succeeds; else what it said.
check() {
        local name=$1
        shift
        if "$@" >"$log" 2>&1; then
                echo "ok $name"
        else
                echo "not ok $name"
                sed 's/^/    /' "$log"
                failed=1
        fi
}

skip() {
        echo "skip $1: $2"
}

# The files as they are installed

installed() {
        find "$tree" -type f -name "$1" | grep -m 1 .
}

program_folder() {
        find "$tree" -type f -name "$1" -perm -u+x -printf '/%P\n' | sed 's|/[^/]*$||'
}

install_files() {
        make -s -C "$([[ -e Makefile ]] && pwd || echo "$source")" install DESTDIR="$tree"
}

# Exit status 0 is not enough: values that can not be parsed are only complained about.
units_verify() {
        local complaints
        mkdir -p "$scratch/verify/usr/lib/systemd" || return
        cp -a "$tree/." "$scratch/verify/" &&
                cp -a /usr/lib/systemd/system "$scratch/verify/usr/lib/systemd/" || return
        complaints=$(systemd-analyze --root="$scratch/verify" --man=no verify \
                fotad.service fotad.socket fotad-downlink.socket 2>&1) || complaints+=$'\n'"exit $?"
        printf '%s' "$complaints"
        [[ -z $complaints ]]
}

hardening_score() {
        systemd-analyze security --offline=true --no-pager --threshold="$score_max" \
                "$(installed fotad.service)"
}

# A line that is new is either mended or given its reason in the unit.
exposure_is_explained() {
        local unit name unexplained=0
        unit=$(installed fotad.service)
        systemd-analyze security --offline=true --no-pager "$unit" >"$scratch/exposure" || return
        grep -q '^✗' "$scratch/exposure" || return
        while read -r name; do
                grep '^#   ' "$unit" | grep -qF -e "$name" || {
                        echo "$name has no reason in the unit"
                        unexplained=1
                }
        done < <(sed -nE 's/^✗ (RestrictAddressFamilies=~)?([A-Za-z_()|0-9]+).*/\2/p' "$scratch/exposure")
        return "$unexplained"
}

sysusers_parse() {
        local output
        output=$(systemd-sysusers --dry-run --root="$tree" fotad.conf 2>&1) || output+=" exit $?"
        printf '%s\n' "$output"
        grep -q "Creating user 'fotad'" <<<"$output" &&
                ! grep -qiE 'fail|ignor|unknown|invalid|exit' <<<"$output"
}

# words_present FILE WORD...: tells which of the words the file does not have.
words_present() {
        local file=$1 word missing=0
        shift
        [[ -r $file ]] || {
                echo "no such page"
                return 1
        }
        (($# > 0)) || {
                echo "no words to look for"
                return 1
        }
        for word; do
                if ! grep -qwF -e "$word" "$file"; then
                        echo "${file##*/}: '$word' is missing"
                        missing=1
                fi
        done
        return "$missing"
}

catalog_complete() {
        local ids complaints
        mapfile -t ids < <(sed -n 's/^#define MESSAGE_ID_.* "\([0-9a-f]*\)"$/\1/p' \
                "$source/src/base/log.h")
        complaints=$(journalctl --root="$tree" --update-catalog 2>&1)
        [[ -z $complaints ]] || {
                printf '%s\n' "$complaints"
                return 1
        }
        journalctl --root="$tree" --list-catalog >"$scratch/catalog" || return
        words_present "$scratch/catalog" "${ids[@]}"
}

rules_tag_nothing() {
        local rules
        rules=$(grep -v '^#' "$(installed 60-fotad.rules)")
        printf '%s\n' "$rules"
        ! grep -qE 'TAG\+?=[^=]|RUN|MODE|OWNER|GROUP' <<<"${rules//TAG==/}" &&
                ! grep 'ID_MM_PORT_IGNORE' <<<"$rules" | grep -qv 'TAG=="fotad"'
}

pages_lint() {
        local pages
        mapfile -t pages < <(find "$tree" -path '*/man/man*' -type f)
        ((${#pages[@]} > 0)) && mandoc -T lint -W warning "${pages[@]}"
}

page_names_vocabulary() {
        local words
        mapfile -t words < <(sed -n '/^static const char \*const \(advice\|outcomes\)/,/^};/d
                s/^ *\[[A-Z_]*\] = "\([a-z-]\{2,\}\)".*/\1/p' "$source/src/base/vocabulary.c")
        words_present "$(installed fotad.8)" "${words[@]}"
}

# Every element of the four documents.
page_names_tunnel_fields() {
        local words
        mapfile -t words < <(sed -n 's/^ *{ DOC\(_AS(element_[a-z]*, \|(\)"\([A-Za-z0-9_]*\)".*/\2/p' \
                "$source/src/actility/document.c" | sort -u)
        ((${#words[@]} > 60)) || return
        words_present "$(installed fotad-tunnel.7)" "${words[@]}" Var1 Var2 Chain LrrESP
}

# Who is a threat has a row in tests/README.md with tests that there are.
threats_have_their_proof() {
        local threat row test missing=0 rows=0
        while read -r threat; do
                rows=$((rows + 1))
                row=$(grep -F "| $threat | " "$source/tests/README.md") || {
                        echo "no row for: $threat"
                        missing=1
                        continue
                }
                # shellcheck disable=SC2016
                while read -r test; do
                        compgen -G "$source/tests/$test*" >/dev/null || {
                                echo "$threat: there is no $test"
                                missing=1
                        }
                done < <(grep -oE '`[^`]*`' <<<"$row" | tr -d '`')
        done < <(sed -n '/^\.Ss Threats/,/^\.Sh /s/^\.It //p' "$(installed fotad.8)")
        ((rows >= 10 && !missing))
}

page_names_bus_members() {
        local words
        mapfile -t words < <(sed -n 's/^ *\(SD_BUS_\|\)\(METHOD\|METHOD_WITH_ARGS\|SIGNAL_WITH_ARGS\|PROPERTY\|PROPERTY_OF_ALL\)("\([A-Za-z]*\)".*/\3/p' \
                "$source"/src/control/{manager,object}.c)
        words_present "$(installed fotad.8)" "${words[@]}"
}

# Those that this version reads: a row of another one ends in LATER.
page_names_keys() {
        local words
        mapfile -t words < <(sed -n '/LATER/d
                s/^ *{ "\([a-z0-9_.*+]*\)",.*/\1/p' "$source/src/config/schema.c" | sed 's/.*\.//')
        words_present "$(installed fotad.yaml.5)" "${words[@]}"
}

page_names_scenario_keys() {
        local words
        mapfile -t words < <(sed -n 's/^ *{ "\([a-z_]*\)", *FIELD_.*/\1/p
                s/^ *\[SIM_FAULT_[A-Z_]*\] = { \.name = "\([a-z-]*\)".*/\1/p' \
                "$source/src/fotasim/scenario.c")
        words_present "$(installed fotasim.1)" "${words[@]}"
}

look_at_files() {
        local page
        check "units_verify_without_a_complaint" units_verify
        check "hardening_score_is_at_most_1.5" hardening_score
        check "what_is_left_of_the_exposure_has_its_reason" exposure_is_explained
        check "sysusers_creates_the_user" sysusers_parse
        check "catalogue_has_every_message_id" catalog_complete
        check "udev_rules_grab_nothing_by_default" rules_tag_nothing
        if command -v mandoc >/dev/null; then
                check "manual_pages_lint" pages_lint
        else
                skip "manual_pages_lint" "mandoc is not installed"
        fi
        for page in fotad.8 fotad.yaml.5 fotasim.1 fotad-tunnel.7; do
                check "manual_page_${page}_is_installed" installed "$page"
        done
        check "manual_names_every_state_event_and_reason" page_names_vocabulary
        check "every_threat_of_the_manual_has_its_proof" threats_have_their_proof
        check "manual_names_every_bus_member" page_names_bus_members
        check "manual_names_every_field_of_the_tunnel" page_names_tunnel_fields
        check "manual_names_every_key" page_names_keys
        check "manual_names_every_scenario_key" page_names_scenario_keys
}

# A systemd of our own

# The pid, and never 0: kill would take that for all of us.
main_pid() {
        local pid
        pid=$(property MainPID)
        ((pid > 0)) && echo "$pid"
}

# scenario FROM TO SPAN: what the module runs and is offered, and how long it installs. A file that
# comes over its port stands still for ten seconds.
scenario() {
        cat <<END
firmware: $1
timings: {download: 5s, install: $3, boot: 3s}
packages:
  - {bytes: 1464, to: $2}
xmodem: {lose_ack: 40}
END
}

container_files() {
        local etc=$tree/etc
        rm -rf "$tree/var/lib/systemd"
        mkdir -p "$etc/systemd/system/fotad.service.d" "$etc/fotad/conf.d"
        cat >"$etc/systemd/system/fotasim.service" <<END
[Service]
Type=exec
ExecStart=$bindir/fotasim --family hl78xx --link /run/fotasim/modem0 --speed \${SPEED} \\
        --scenario /etc/fotad/scenario --log /run/fotasim/wire
User=fotad
RuntimeDirectory=fotasim
END
        cat >"$etc/systemd/system/fotasim-as.service" <<END
[Service]
ExecStart=$bindir/fotasim as --listen 127.0.0.1:8123 --key-file /etc/fotad/secrets/as.key
END
        scenario HL7800.4.4.14.0 HL7800.4.5.4.0 20s >"$etc/fotad/scenario"
        # The times of the unit are too long for a test. /dev/probe-*: see devices_denied.
        cat >"$etc/systemd/system/fotad.service.d/test.conf" <<'END'
[Service]
WatchdogSec=2s
RestartSec=100ms
LoadCredential=as.key:/etc/fotad/secrets/as.key
ExecStartPost=/bin/bash -c 'for d in /dev/probe-*; do echo "$d $( { : <>"$d"; } 2>&1)"; done >/var/lib/fotad/devices'
END
        cat >"$etc/fotad/fotad.yaml" <<'END'
modules:
  modem0: {family: hl78xx, device: /run/fotasim/modem0, policy: at-once}
policies:
  at-once: {download: {decision: accept}, install: {decision: accept}}
uplink:
  url: http://127.0.0.1:8123/
  as_id: test
  key_file: as.key
  customer_id: "1"
downlink: {}
END
        mkdir -m 700 "$etc/fotad/secrets"
        echo 3f8a9c1e5b7d2046e8fa1c3b5d7092e4 >"$etc/fotad/secrets/as.key"
        chmod 600 "$etc/fotad/secrets/as.key"
        chown -R 0:0 "$tree"
}

property() {
        inside systemctl show --value -p "$1" "${2-fotad.service}"
}

is_property() {
        local value
        value=$(property "$1")
        echo "$1=$value"
        [[ $value == "$2" ]]
}

module_is_known() {
        local modules
        modules=$(inside fotactl --json list)
        printf '%s\n' "$modules"
        grep -q '"state":"idle"' <<<"$modules" && grep -q '"firmware":"HL7800' <<<"$modules"
}

journal() {
        inside journalctl --no-pager -o cat "$@"
}

prepare_system() {
        inside systemd-sysusers && inside systemctl daemon-reload &&
                inside systemctl set-environment SPEED=20 &&
                inside systemctl start fotasim.service fotasim-as.service &&
                inside mknod -m 0666 /dev/probe-ttyUSB c 188 0 &&
                inside mknod -m 0666 /dev/probe-ttyACM c 166 0 &&
                inside mknod -m 0666 /dev/probe-fuse c 10 229
}

unit_starts() {
        inside systemctl start fotad.service || {
                journal -u fotad.service -n 20
                return 1
        }
        is_property ActiveState active && property StatusText | grep -q 'Modules: 1'
}

runs_as_fotad() {
        local pid status uid
        pid=$(main_pid) || return
        status=$(inside cat "/proc/$pid/status")
        grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp:)' <<<"$status"
        uid=$(inside id -u fotad)
        ((uid > 0)) && grep -qxF "Uid:"$'\t'"$uid"$'\t'"$uid"$'\t'"$uid"$'\t'"$uid" <<<"$status" &&
                (($(grep -cE $'^Cap(Inh|Prm|Eff|Bnd|Amb):\t0+$' <<<"$status") == 5)) &&
                grep -qx $'NoNewPrivs:\t1' <<<"$status" && grep -qx $'Seccomp:\t2' <<<"$status" &&
                grep -qE '^Max core file size +0 +0 ' <<<"$(inside cat "/proc/$pid/limits")" &&
                [[ $(inside stat -c %U "/proc/$pid/environ") == root ]] && # no dump: nobody's memory
                grep -q "\b$(inside getent group dialout | cut -d: -f3)\b" <<<"$(grep ^Groups <<<"$status")" &&
                [[ $(inside stat -c '%U %a' /var/lib/fotad) == 'fotad 700' ]]
}

# ENXIO, which no driver answers, is as good as open; EPERM is the policy.
devices_denied() {
        local devices
        devices=$(inside cat /var/lib/fotad/devices)
        printf '%s\n' "$devices"
        grep -q 'ttyUSB.*No such device' <<<"$devices" && grep -q 'ttyACM.*No such device' <<<"$devices" &&
                grep -q 'fuse.*not permitted' <<<"$devices"
}

others_look_only() {
        local status=0
        inside setpriv --reuid=nobody --regid=nogroup --clear-groups fotactl list || return
        inside setpriv --reuid=nobody --regid=nogroup --clear-groups fotactl reload || status=$?
        echo "reload: exit $status"
        ((status == 5))
}

killed_comes_back() {
        local pid before
        pid=$(main_pid) || return
        before=$(property NRestarts)
        inside systemctl kill -s KILL fotad.service
        wait_for 5 is_property NRestarts $((before + 1)) && wait_for 5 is_property ActiveState active &&
                [[ $(main_pid) != "$pid" ]] && inside fotactl list && wait_for 5 module_is_known
}

hung_comes_back() {
        local pid before
        pid=$(main_pid) || return
        before=$(property NRestarts)
        inside kill -STOP "$pid"
        wait_for 8 is_property NRestarts $((before + 1)) && wait_for 5 is_property ActiveState active &&
                journal -u fotad.service | grep 'Watchdog timeout' && inside fotactl list
}

# inhibitors TEXT: there is one of backup.service, and its line has this
inhibitor_is() {
        local line
        line=$(inside fotactl --no-legend inhibitors)
        echo "$line"
        [[ $line == [0-9]*' sleep '*'backup.service'* && $line == *"$1"* ]]
}

no_inhibitor() {
        [[ -z $(inside fotactl --no-legend inhibitors) ]] && is_property NFileDescriptorStore 0
}

# The lease is in the descriptor store: neither a crash nor a restart of fotad loses it, and a unit
# that is stopped ends it.
inhibitor_is_kept() {
        local before
        inside systemd-run --quiet --collect --unit=backup fotactl inhibit --why 'nightly backup' -- sleep 1000 || return
        wait_for 5 inhibitor_is released && wait_for 5 is_property NFileDescriptorStore 1 || return
        before=$(property NRestarts)
        inside systemctl kill -s KILL fotad.service
        wait_for 5 is_property NRestarts $((before + 1)) && wait_for 5 is_property ActiveState active &&
                wait_for 5 inhibitor_is released || return
        inside systemctl restart fotad.service && inhibitor_is released &&
                is_property NFileDescriptorStore 1 || return
        ! journal -u backup.service | grep fotactl: || return
        inside systemctl stop backup.service
        wait_for 5 no_inhibitor
}

# While fotad is stopped the store is empty: the owner takes the lease again.
inhibitor_is_taken_again() {
        inside systemd-run --quiet --collect --unit=backup fotactl inhibit --why 'nightly backup' -- sleep 1000 || return
        wait_for 5 inhibitor_is released || return
        inside systemctl stop fotad.service
        wait_for 10 journal_has backup.service 'the inhibitor is taken again' && inhibitor_is released || return
        inside systemctl stop backup.service
        wait_for 5 no_inhibitor
}

journal_has() {
        journal -u "$1" | grep -F "$2"
}

reload_takes_over() {
        local pid
        pid=$(main_pid) || return
        inside bash -c 'echo "modules: {modem1: {family: hl78xx, device: /run/fotasim/modem1}}" >/etc/fotad/conf.d/more.yaml'
        inside systemctl reload fotad.service && inside fotactl list | grep -w modem1 &&
                [[ $(main_pid) == "$pid" ]]
}

# systemctl fails, the journal says why, and what was in force stays.
bad_reload_fails() {
        local pid status=0
        pid=$(main_pid) || return
        inside bash -c 'echo "modules: {modem2: {famliy: hl78xx}}" >/etc/fotad/conf.d/more.yaml'
        inside systemctl reload fotad.service || status=$?
        ((status != 0)) || echo "the reload succeeded"
        inside rm /etc/fotad/conf.d/more.yaml
        ((status != 0)) && is_property ActiveState active && [[ $(main_pid) == "$pid" ]] &&
                inside fotactl list | grep -w modem1 &&
                journal -u fotad.service | grep "more.yaml:1:.*famliy.*did you mean 'family'"
}

# As timedatectl set-timezone does it; windows are local time.
zone_is_noticed() {
        inside bash -c 'ln -s ../usr/share/zoneinfo/UTC /etc/localtime.new && mv -T /etc/localtime.new /etc/localtime' &&
                wait_for 3 journal_has fotad.service "time zone has changed"
}

# 01 14: install-succeeded, see fotad-payload(7)
success_is_reported() {
        journal -u fotasim-as.service | grep '"verified":true.*"payload_hex":"0114'
}

# Everything that an update needs is still possible in the sandbox: serial port, database, network.
update_runs() {
        inside fotactl update modem0 --wait && wait_for 5 success_is_reported
}

stop_is_quick() {
        local start=${EPOCHREALTIME/./} took
        inside systemctl stop fotad.service
        took=$(((${EPOCHREALTIME/./} - start) / 1000))
        echo "took $took ms"
        ((took < 3000)) && is_property ActiveState inactive && is_property Result success
}

client_starts_it() {
        is_property ActiveState inactive && inside fotactl list &&
                wait_for 3 is_property ActiveState active &&
                wait_for 5 module_is_known
}

# Through the socket that systemd made, in the sandbox: no token is no frame.
downlink_is_answered() {
        local socket=/run/fotad/downlink.sock said
        [[ $(inside stat -c %a "$socket") == 660 ]] || return
        said=$(inside curl -s --max-time 5 -X POST --unix-socket "$socket" \
                'http://gw/thingpark/lrc/rest/v2/downlink?AS_ID=test')
        echo "$said"
        [[ $said == '{"code":106,"message":"Security Check: Missing timestamp"}' ]]
}

# module_begins_anew SPEED FROM TO SPAN: with a new scenario and dialogue; see scenario().
module_begins_anew() {
        inside systemctl stop fotasim.service && inside systemctl set-environment SPEED="$1" &&
                scenario "${@:2}" | inside tee /etc/fotad/scenario &&
                inside systemctl start fotasim.service && wait_for 20 module_runs "$2"
}

module_runs() {
        local status
        status=$(inside fotactl --json status modem0)
        printf '%s\n' "$status"
        grep -q '"state":"idle"' <<<"$status" && grep -qF "\"firmware\":\"$1\"" <<<"$status"
}

module_is_in() {
        inside fotactl --json status modem0 | grep "\"state\":\"$1\""
}

# wire_has N COMMAND: so often it was said to the module
wire_has() {
        local n
        n=$(inside grep -cF "> $2" /run/fotasim/wire)
        echo "$n times $2"
        ((n == $1))
}

silent_while_flashing() {
        # shellcheck disable=SC2016
        inside awk '
                /^> AT\+WDSR=4/ { flashing = seen = 1; next }
                /^< \+WDSI: 1[56]/ { flashing = 0 }
                flashing && /^>/ { print "sent while the module flashes: " $0; bad = 1 }
                END { exit bad || !seen || flashing }
        ' /run/fotasim/wire
}

# One job led there, and its end is known.
succeeded_once() {
        local jobs
        jobs=$(inside fotactl --json history modem0 | grep -o '{"id"[^}]*' | grep -F "\"to\":\"$1\"")
        printf '%s\n' "$jobs"
        [[ $jobs == *'"outcome":"succeeded"'* && $jobs != *$'\n'* ]]
}

# Nothing waits for the module, and nothing is said to it before it is done: fotad finds out.
stop_in_an_install() {
        module_begins_anew 20 HL7800.4.5.4.0 HL7800.4.6.9.4 200s && inside fotactl update modem0 &&
                wait_for 10 inside grep -q '^< +WDSI: 14' /run/fotasim/wire &&
                module_is_in installing || return
        stop_is_quick && journal_has fotad.service 'Stopping while firmware is being installed on modem0' || return
        sleep 1
        inside systemctl start fotad.service && module_is_in installing &&
                ! inside grep '^< +WDSI: 16' /run/fotasim/wire || return
        wait_for 20 module_runs HL7800.4.6.9.4 && succeeded_once HL7800.4.6.9.4 && wire_has 1 'AT+WDSR=4' &&
                silent_while_flashing
}

is_pushed() {
        inside fotactl --json status modem0 | grep '"progress":[1-9]'
}

# The module takes no block for 18 seconds, which is longer than a stop used to be allowed to take: it
# gets the rest all the same, and fotad is not killed meanwhile, not by the watchdog either. The next
# start goes on with the install.
stop_in_a_push() {
        module_begins_anew 1 HL7800.4.6.9.4 none 2s && inside bash -c \
                'fotasim package --from HL7800.4.6.9.4 --to HL7800.4.7.1.0 --bytes 100000 >/run/package' &&
                inside fotactl update modem0 --file /run/package && wait_for 10 is_pushed || return
        inside systemctl kill -s STOP fotasim.service && inside systemctl stop --no-block fotad.service || return
        sleep 18
        is_property ActiveState deactivating && inside systemctl kill -s CONT fotasim.service &&
                wait_for 30 is_property ActiveState inactive && is_property Result success &&
                is_property ExecMainCode 1 && is_property ExecMainStatus 0 &&
                journal_has fotad.service 'Stopping waits up to a minute' &&
                journal_has fotad.service 'download-completed bytes=100000' && wire_has 1 'AT+WDSD=100000' || return
        inside systemctl start fotad.service && wait_for 20 module_is_in install-pending
}

# A daemon that is down for good must not look alive.
unreachable_is_told() {
        local status=0
        inside systemctl stop fotad.socket fotad.service
        inside fotactl list || status=$?
        inside test ! -e /run/fotad/control.sock && ((status == 3))
}

run_unit() {
        check "socket_starts" inside systemctl start fotad.socket fotad-downlink.socket
        check "unit_starts_and_is_ready" unit_starts
        is_property ActiveState active >"$log" || return
        check "runs_as_fotad_without_capabilities" runs_as_fotad
        check "device_policy_lets_serial_ports_only_through" devices_denied
        check "module_is_found_and_identified" wait_for 10 module_is_known
        check "others_may_look_and_not_change" others_look_only
        if command -v curl >/dev/null; then
                check "downlink_socket_is_told_apart_and_served" downlink_is_answered
        else
                skip "downlink_socket_is_told_apart_and_served" "curl is not installed"
        fi
        check "reload_takes_a_new_configuration_over" reload_takes_over
        check "reload_with_errors_fails_and_keeps_the_running_one" bad_reload_fails
        check "another_time_zone_is_noticed" zone_is_noticed
        check "killed_daemon_comes_back_and_answers" killed_comes_back
        check "hung_daemon_is_restarted_by_the_watchdog" hung_comes_back
        check "inhibitor_outlives_the_daemon" inhibitor_is_kept
        check "inhibitor_is_taken_again_after_a_stop" inhibitor_is_taken_again
        check "update_and_its_reports_work_in_the_sandbox" update_runs
        check "stop_is_quick_and_clean" stop_is_quick
        check "client_starts_a_stopped_daemon" client_starts_it
        check "stop_in_an_install_is_quick_and_the_update_succeeds" stop_in_an_install
        check "stop_in_a_push_waits_for_it_and_kills_nobody" stop_in_a_push
        check "stopped_socket_is_not_reachable" unreachable_is_told
}

if ! install_files >"$log" 2>&1; then
        echo "not ok install"
        tail -n 20 "$log" | sed 's/^/    /'
        exit 1
fi
echo "ok install"
sbindir=$(program_folder fotad) bindir=$(program_folder fotactl)

if command -v systemd-analyze systemd-sysusers journalctl >/dev/null; then
        look_at_files
else
        skip "installed_files" "systemd is not installed"
fi

reason=$(why_no_container)
if [[ -z $reason ]]; then
        container_files
        container_boot "$tree" "$scratch" >"$scratch/reason"
        reason=$(<"$scratch/reason")
fi
if [[ $reason ]]; then
        skip "unit_runs_under_systemd" "$reason"
else
        check "the_machine_is_prepared" prepare_system
        run_unit
fi
exit "$failed"
