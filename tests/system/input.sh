#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What people, disks and other programs do wrong: every complaint names the place or the culprit, and
# fotad goes on.

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"

SPEED=100

# The configuration

config_check() {
        "$bin/fotad" --config "$world/bad.yaml" --check
}

# complains TEXT < YAML: the text without the file's name in front
complains() {
        cat >"$world/bad.yaml"
        outcome 1 "$world/bad.yaml:$1" config_check
}

complains_of_key() { complains "3:5: modules.m0.devcie: unknown key, did you mean 'device'?" <<'END'
modules:
  m0:
    devcie: /dev/a
    family: hl78xx
END
}

complains_of_value() { complains "2:16: modules.m0.family: " <<'END'
modules:
  m0: {family: hl78x, device: /dev/a}
END
}

complains_of_span() { complains "2:64: modules.m0.session.idle: " <<'END'
modules:
  m0: {family: hl78xx, device: /dev/ttyUSB0, session: { idle:  soon }}
END
}

complains_of_syntax() { complains "3:" <<'END'
modules:
  m0: {family: hl78xx, device: /dev/a
  m1: [}
END
}

complains_of_missing() { complains "2:3: modules.m0: 'device' is missing" <<'END'
modules:
  m0: {family: hl78xx}
END
}

complains_of_policy() { complains "2:49: modules.m0.policy: " <<'END'
modules:
  m0: {family: hl78xx, device: /dev/a, policy:  nigthly}
policies:
  nightly: {}
END
}

complains_of_duplicate() { complains "3:3: 'm0' is already set in line 2" <<'END'
modules:
  m0: {family: hl78xx, device: /dev/a}
  m0: {family: hl78xx, device: /dev/b}
END
}

complains_of_secret() {
        echo 00112233445566778899aabbccddeeff >"$world/open.key"
        chmod 644 "$world/open.key"
        complains "3:" <<'END'
modules:
  m0: {family: hl78xx, device: /dev/a}
uplink: {url: "https://as.example.com/", as_id: a, customer_id: "1", key_file: open.key}
END
}

complains_of_plain_http() { complains "3:15: uplink.url: " <<'END'
modules:
  m0: {family: hl78xx, device: /dev/a}
uplink: {url: "http://as.example.com/", as_id: a, customer_id: "1", key_file: open.key}
END
}

complains_of_everything_at_once() {
        cat >"$world/bad.yaml" <<'END'
contrl: {}
modules:
  m0: {family: hl78x, device: relative, baud_rate: 12}
policies:
  p: {install: {decision: maybe, windows: ["25:00-26:00"]}}
END
        outcome 1 'contrl' config_check
        local n
        n=$(config_check 2>&1 | grep -c "^$world/bad.yaml:[0-9]*:[0-9]*: ")
        echo "$n complaints with a place, expected 6"
        ((n == 6))
}

fotad_does_not_start_with_it() {
        outcome 78 "$world/bad.yaml:" "$bin/fotad" --config "$world/bad.yaml"
}

configuration() {
        check "unknown_key_has_place_and_suggestion" complains_of_key
        check "bad_word_has_place" complains_of_value
        check "bad_family_has_suggestion" outcome 1 "hl78xx" config_check
        check "bad_span_has_place" complains_of_span
        check "bad_syntax_has_place" complains_of_syntax
        check "missing_key_has_place" complains_of_missing
        check "unknown_policy_has_place" complains_of_policy
        check "unknown_policy_has_suggestion" outcome 1 "nightly" config_check
        check "duplicate_module_has_place" complains_of_duplicate
        check "readable_secret_has_place" complains_of_secret
        check "plain_http_to_others_has_place" complains_of_plain_http
        check "all_errors_of_a_file_are_told" complains_of_everything_at_once
        check "fotad_does_not_start_with_errors" fotad_does_not_start_with_it
        check "missing_file_is_told" outcome 1 "no such file" "$bin/fotad" --config "$world/none.yaml" --check
        check "good_file_is_good" outcome 0 "good; modules: 1" "$bin/fotad" --config "$source_root/conf/fotad.yaml" --check
        check "bad_option_is_usage" outcome 2 "fotad --help" "$bin/fotad" --nonsense
}

# Devices

status_names_holder() {
        ctl status held
        [[ $(ctl status held) == *"held by sleep (pid ${children[holder]})"* ]] &&
                module_is held port_holder "sleep (pid ${children[holder]})"
}

released() {
        end holder
        await 10 module_is held state idle
}

devices() {
        check "missing_device_is_absent" module_is late state absent
        check "missing_device_waits" never 1 eval '! module_is late state absent'
        check "late_device_is_not_an_error" start_modules late
        check "late_device_is_found_when_it_appears" await 5 module_is late state idle
        check "held_device_blocks" await 5 module_is held state blocked
        check "holder_is_named" status_names_holder
        check "released_device_recovers" released
}

# fotactl

as_nobody() {
        setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

clients() {
        check "unknown_module_is_exit_4_with_a_suggestion" outcome 4 "late" ctl status lat
        check "unknown_module_of_an_order_is_exit_4" outcome 4 "nosuch" ctl connect nosuch
        check "unknown_verb_is_usage_with_a_suggestion" outcome 2 "'status'" ctl statsu
        check "no_daemon_is_exit_3" outcome 3 "$world/none.sock" ctl --socket "$world/none.sock" list
        check "refused_order_is_exit_6_with_a_reason" outcome 6 "refused" refused_order
        check "dangerous_command_is_exit_6" outcome 6 "fotad itself sends this one" ctl command late 'at + wdsr = 4'
        check "harmless_command_is_answered" outcome 0 "+WDSC: 0,0" ctl command late 'AT+WDSC?'
        if ((EUID)); then
                skip "others_may_look" "needs root to become another user"
                return
        fi
        check "others_may_look" outcome 0 late as_nobody "$bin/fotactl" list
        check "others_may_not_change" outcome 5 "may" as_nobody "$bin/fotactl" connect late
        check "others_may_not_send_commands" outcome 5 "may" as_nobody "$bin/fotactl" command late AT
        check "others_may_not_reload" outcome 5 "may" as_nobody "$bin/fotactl" reload
}

# What it says on stderr is the reason.
refused_order() {
        local reason status
        reason=$(ctl disconnect gone 2>&1 >/dev/null)
        status=$?
        [[ $reason ]] && echo "refused: $reason"
        return "$status"
}

# The daemon

second_fotad() {
        outcome 1 "another fotad" timeout 10 "$bin/fotad" --config "$world/fotad.yaml"
        outcome 1 "$world/state" timeout 10 "$bin/fotad" --config "$world/fotad.yaml"
        answers
}

bad_reload() {
        cp "$world/fotad.yaml" "$world/good.yaml"
        sed 's/family: hl78xx/famly: hl78xx/' "$world/good.yaml" >"$world/fotad.yaml"
        outcome 1 "famly" ctl reload || return
        kill -HUP "${children[fotad]}"
        sleep 0.3
        module_is late state idle && module_is held state idle && runs fotad || return
        cp "$world/good.yaml" "$world/fotad.yaml"
        ctl reload
}

bus() {
        local address=unix:path=$world/control.sock path=/org/fotad1/module/late
        local busctl=(timeout 10 busctl --address="$address")
        check "busctl_tree" outcome 0 "$path" "${busctl[@]}" tree org.fotad1
        check "busctl_introspect_manager" outcome 0 ListModules "${busctl[@]}" introspect org.fotad1 /org/fotad1
        check "busctl_introspect_module" outcome 0 org.fotad1.Module "${busctl[@]}" introspect org.fotad1 "$path"
        check "busctl_get_property" outcome 0 's "idle"' "${busctl[@]}" get-property org.fotad1 "$path" org.fotad1.Module State
        check "busctl_call" outcome 0 '"late"' "${busctl[@]}" call org.fotad1 /org/fotad1 org.fotad1.Manager ListModules
        check "busctl_objects" outcome 0 "$path" "${busctl[@]}" call org.fotad1 /org/fotad1 \
                org.freedesktop.DBus.ObjectManager GetManagedObjects
}

daemon_and_friends() {
        world_new
        start_modules held || return
        configure <<END
modules:
  late: {family: hl78xx, device: $world/late}
  held: {family: hl78xx, device: $world/held}
  gone: {family: hl78xx, device: $world/gone}
END
        spawn holder flock --no-fork -n "$(readlink "$world/held")" sleep 1000
        sleep 0.2
        check "fotad_starts_without_its_devices" start_fotad
        devices
        clients
        check "second_fotad_on_the_state_refuses" second_fotad
        check "reload_with_errors_keeps_the_running_configuration" bad_reload
        if command -v busctl >/dev/null; then
                bus
        else
                skip "busctl" "not installed"
        fi
}

# The disk

# The module opens its sessions itself, and asks when the server has a package for it.
polling_module() {
        cat >"$world/scenario.yaml" <<END
firmware: $FROM
polling: 1
packages:
  - {at: $1, bytes: 1464, to: $TO}
timings: {install: 20s}
END
        SPEED=20
        start_modules m0
}

accept_everything() {
        configure <<END
modules:
  m0: {family: hl78xx, device: $world/m0, policy: p, session: {mode: poll, interval: 1min}}
policies:
  p: {download: {decision: accept}, install: {decision: accept}}
END
}

module_asks() {
        grep -q '^< +WDSI: 2$' "$world/m0.wire"
}

was_granted() {
        grep -q '^> AT+WDSR=[134]' "$world/m0.wire"
}

storage_is() {
        ctl --json status | grep -q "\"storage_ok\":$1"
}

write_garbage() {
        rm -f "$world/state/fotad.db-wal" "$world/state/fotad.db-shm"
        dd if=/dev/urandom of="$world/state/fotad.db" bs=4096 count=8 conv=notrunc
}

module_is_held() {
        module_is m0 state download-pending && never 2 was_granted &&
                outcome 0 "the database can not be written" ctl explain m0 download
}

move_database_away() {
        end fotad
        mv "$world/state/fotad.db" "$world/broken.db"
        rm -f "$world/state/"fotad.db-*
        start_fotad
}

corrupt_database() {
        world_new
        polling_module 120s
        accept_everything
        uplink_to http://127.0.0.1:1/tunnel >>"$world/fotad.yaml"
        (umask 077 && echo 0123456789abcdef0123456789abcdef >"$world/as.key")
        start_fotad && await 10 module_is m0 state idle || return
        end fotad
        check "database_is_overwritten_with_garbage" write_garbage
        check "fotad_runs_with_a_corrupt_database" start_fotad
        check "corrupt_database_is_shown" storage_is false
        check "corrupt_database_is_shown_to_people" outcome 0 "failed" ctl status
        check "what_it_holds_is_not_known" outcome 0 "Uplink: not known" ctl status
        check "inhibitors_are_not_known" outcome 1 "not known: the database" ctl inhibitors
        check "corrupt_database_is_logged" contains "$world/fotad.log" storage-failed
        check "nothing_that_needs_storage_is_ordered" outcome 6 "" ctl update m0
        check "module_asks_meanwhile" await 20 module_asks
        sleep 0.5
        check "request_is_held_without_storage" module_is_held
        check "fotad_starts_when_the_database_is_moved_away" move_database_away
        check "storage_is_good_again" storage_is true
        check "held_request_is_decided_then" await 20 was_granted
        check "and_the_update_goes_through" await 20 module_is m0 firmware "$TO"
}

# One value of a module's row, which SQLite's own checks know nothing of.
damage_row() {
        python3 - "$world/state/fotad.db" <<'END'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE modules SET serial_number = 'VU' || char(1), fcnt_up = 7 WHERE name = 'm0'")
db.commit()
END
}

row_is_untouched() {
        python3 - "$world/state/fotad.db" <<'END'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
rows = db.execute("SELECT serial_number, fcnt_up FROM modules WHERE name = 'm0'").fetchall()
print(rows)
sys.exit(rows != [("VU\x01", 7)])
END
}

damaged_row() {
        world_new
        start_modules m0 || return
        accept_everything
        start_fotad && await 10 module_is m0 state idle || return
        end fotad
        check "row_of_a_module_is_damaged" damage_row
        check "fotad_runs_with_a_damaged_row" start_fotad
        check "damaged_row_is_shown" storage_is false
        check "damaged_row_is_logged" contains "$world/fotad.log" "of a module or an inhibitor makes no sense"
        check "module_is_looked_at_meanwhile" await 10 module_is m0 state idle
        check "damaged_row_is_not_written_over" row_is_untouched
}

installs() {
        module_is m0 state installing
}

rename_module() {
        cp "$world/fotad.yaml" "$world/good.yaml"
        sed "s/^  m0:/  m9:/" "$world/good.yaml" >"$world/fotad.yaml"
        outcome 1 "m0 installs" ctl reload && installs || return
        cp "$world/good.yaml" "$world/fotad.yaml"
        ctl reload
}

reload_in_an_install() {
        world_new
        polling_module 0s
        accept_everything
        start_fotad
        check "module_installs" await 30 installs
        check "module_that_installs_is_not_renamed" rename_module
        check "its_install_ends_well" await 30 module_is m0 firmware "$TO"
}

damage_database() {
        cp "$world/state/fotad.db" "$world/good.db" && write_garbage
}

history_tells_of_it() {
        ctl history --events
        ctl history --events | grep -q 'storage-failed.*corrupt' &&
                ctl history --events | grep -q 'storage-restored.*lost=[1-9]' &&
                [[ $(ctl history --events | grep -c 'storage-') == 2 ]]
}

# fotad starts over with it, in the same process.
database_comes_back() {
        world_new
        polling_module 300s
        accept_everything
        start_fotad && await 10 module_is m0 state idle || return
        end fotad
        check "good_database_is_kept" damage_database
        check "fotad_runs_with_a_damaged_database" start_fotad
        check "module_is_seen_without_history" await 10 module_is m0 state idle
        mv "$world/good.db" "$world/state/fotad.db"
        check "database_that_is_back_is_noticed" await 15 storage_is true
        check "time_without_database_is_in_the_history" history_tells_of_it
}

fill_disk() {
        dd if=/dev/zero of="$world/state/filler" bs=4096 || true
        ! dd if=/dev/zero of="$world/state/filler2" bs=4096 count=4
}

# Whoever comes first: this order finds out, or it is told of what is known.
order_is_not_written() {
        ! ctl defer m0 reboot 1h 2>"$world/refusal" && cat "$world/refusal" &&
                grep -q "fotad can not write its database" "$world/refusal"
}

storage_events() {
        ctl history --events m0
        [[ $(ctl history --events | grep -c "$1") == 1 ]]
}

full_disk() {
        world_new
        mkdir "$world/state"
        if ((EUID)) || ! mount -t tmpfs -o size=512k fotad-test "$world/state" 2>/dev/null; then
                skip "full_disk" "no small file system can be mounted here"
                return
        fi
        polling_module 60s
        accept_everything
        start_fotad && await 10 module_is m0 state idle || return
        check "disk_is_filled" fill_disk
        check "order_that_can_not_be_written_is_told" order_is_not_written
        check "full_disk_is_noticed" await 30 storage_is false
        check "full_disk_is_logged" contains "$world/fotad.log" storage-failed
        check "module_asks_with_a_full_disk" await 20 module_asks
        check "nothing_is_granted_with_a_full_disk" never 2 was_granted
        rm -f "$world/state/filler" "$world/state/filler2"
        check "freed_disk_is_noticed" await 20 storage_is true
        check "storage_restored_is_told" contains "$world/fotad.log" storage-restored
        check "update_goes_on_with_the_freed_disk" await 25 module_is m0 firmware "$TO"
        check "storage_events_are_in_the_history" storage_events storage-restored
        end fotad
        umount "$world/state"
}

# Activation

socket_activation() {
        world_new
        if ! command -v systemd-socket-activate >/dev/null; then
                skip "socket_activation" "systemd-socket-activate is not installed"
                return
        fi
        configure <<END
modules:
  m0: {family: hl78xx, device: $world/m0}
END
        spawn fotad systemd-socket-activate -l "$world/control.sock" "$bin/fotad" --config "$world/fotad.yaml"
        check "activation_socket_is_there" await 5 test -S "$world/control.sock"
        check "first_client_starts_fotad" outcome 0 m0 ctl list
        check "fotad_keeps_the_socket_that_it_was_given" outcome 0 m0 ctl list
}

apart() {
        (
                failed=0
                "$@" || failed=1
                exit "$failed"
        ) || {
                echo "# $*"
                failed=1
        }
}

(
        world_new
        configuration
        exit "$failed"
) || failed=1
apart daemon_and_friends
apart corrupt_database
apart damaged_row
apart reload_in_an_install
apart database_comes_back
apart full_disk
apart socket_activation
exit "$failed"
