#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# fotad in a virtual machine, with what neither a pseudo-terminal nor a container has: USB serial
# ports that are unplugged, the device policy of the unit, power cuts with a disk that loses what was
# not flushed, a clock that jumps. The modules and the application server are outside and go on.
#
#   vm-long.sh                      all of it
#   vm-long.sh --cuts N [--seed S]  power cuts at N random moments, at most 8
#
# The first runs only when FOTAD_TEST_LONG is set. KEEP=FOLDER keeps the world of a failure.

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"
# shellcheck source=tests/system/vm/vm.bash
source "$(dirname "$0")/vm/vm.bash"

PATIENCE=120 # seconds for one step of an update
BY_ID=/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_MODULE
declare -A updates=([m0]=0 [m1]=0) # that have succeeded

# fotactl in the machine
ctl() {
        guest fotactl "$@"
}

# The module m0 asks before it installs, m1 needs nobody.
configuration() {
        mkdir -p "$world/root/etc/fotad" || return
        cp "$world/as.key" "$world/tls.pem" "$world/root/etc/fotad/"
        cat >"$world/root/etc/fotad/fotad.yaml" <<END
modules:
  m0: {family: hl78xx, device: $BY_ID-0-if00-port0, policy: ask}
  m1: {family: hl78xx, device: $BY_ID-1-if00-port0, policy: accept}
policies:
  ask: {download: {decision: accept}, install: {decision: ask}}
  accept: {download: {decision: accept}, install: {decision: accept}}
$(uplink_to https://10.0.2.100:8443/tunnel)
  ca_file: tls.pem
END
}

version() {
        echo "HL7800.4.$1.0.0"
}

# module NAME IMEI INSTALL: its server has packages for eight updates; begin() brings the next one on.
module() {
        local n
        {
                echo "firmware: $(version 0)"
                echo "imei: \"$2\""
                echo "iccid: \"893901234567890000${2: -2}\""
                echo "timings: {download: 120s, install: $3, boot: 20s}"
                echo "packages:"
                for n in {1..8}; do
                        echo "  - {at: $((30 * n))d, bytes: 5000, to: $(version "$n")}"
                done
        } >"$world/scenario.yaml"
        start_modules "$1"
}

certificate() {
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=as" \
                -addext "subjectAltName=IP:10.0.2.100" -keyout "$world/tls.key" -out "$world/tls.pem" 2>/dev/null
}

outside() {
        certificate && start_server --certificate-file "$world/tls.pem" --private-key-file "$world/tls.key" &&
                module m0 354123456789012 160s && module m1 354123456789020 800s &&
                configuration && cc -o "$world/lines" "$vm_files/lines.c" -lserialport &&
                install -D "$world/lines" "$world/root/usr/lib/vm/lines" && vm_install && vm_new_disk
}

machine_boots() {
        outside && vm_start vm.target && guest /usr/lib/vm/gadget && guest udevadm settle
}

unit_is() {
        local value
        value=$(guest systemctl show --value -p "$1" fotad.service)
        echo "$1=$value"
        [[ $value == "$2" ]]
}

unit_starts() {
        unit_is ActiveState inactive && LIMIT=60 guest systemctl start fotad.service &&
                unit_is ActiveState active && unit_is StatusText 'Modules: 2'
}

runs_as_fotad() {
        local pid status
        pid=$(guest systemctl show --value -p MainPID fotad.service)
        status=$(guest cat "/proc/$pid/status")
        printf '%s\n' "$status"
        [[ $(guest stat -c %U "/proc/$pid") == fotad && $(guest stat -c '%U %a' /var/lib/fotad) == 'fotad 700' ]] &&
                grep -q $'^CapEff:\t0*$' <<<"$status" && grep -q $'^Seccomp:\t2$' <<<"$status"
}

# Without the unit's leave it is "Operation not permitted".
only_serial_ports_open() {
        local devices
        devices=$(guest cat /var/lib/fotad/devices)
        printf '%s\n' "$devices"
        grep -q 'SPARE.*: CTS DSR DCD' <<<"$devices" && grep -qx 'ttyACM0: CTS *' <<<"$devices" &&
                grep -q '^ttyS0: .*Operation not permitted' <<<"$devices" &&
                grep -qE '^vda: .*(Operation not permitted|Permission denied)' <<<"$devices"
}

modules_are_found() {
        plug 0 "$world/m0" && plug 1 "$world/m1" &&
                await 20 module_is m0 state idle && await 20 module_is m1 state idle
}

# Updates

# on_wire MODULE PATTERN N: its dialogue has more than N such lines. Nobody in the machine is asked:
# its processor is emulated, and slow.
on_wire() {
        (($(grep -c -e "$2" "$world/$1.wire") > $3))
}

grants() {
        grep -c '^> AT+WDSR=4' "$world/$1.wire"
}

# begin MODULE: its server has the next package, and it is ordered.
begin() {
        kill -USR2 "${children[$1]}" && await 20 ctl update "$1"
}

accept_install() {
        await "$PATIENCE" module_is m0 state install-pending && await 10 ctl accept m0 install
}

# Each event once, and none that was told is lost or another one now.
events_are_sound() {
        local told lost=0 n=0
        ctl --json history --events >"$world/history" || return
        grep -o '"sequence":[0-9]*' "$world/history" | sort >"$world/sequences"
        [[ -s $world/sequences && ! $(uniq -d "$world/sequences") ]] || {
                echo "numbers twice, or none: $(uniq -d "$world/sequences")"
                return 1
        }
        while read -r told; do
                n=$((n + 1))
                grep -qF -e "$told" "$world/history" || {
                        echo "it was told, and is no more: $told"
                        lost=1
                }
        done < <(cat "$world"/events.* | grep -a '^{.*}$')
        echo "$n events were told"
        ((n && !lost))
}

has_succeeded() {
        local expected=$((updates[$1] + 1)) history
        history=$(ctl --json history "$1")
        printf '%s\n' "$history"
        [[ $(grep -o '"outcome":"[a-z-]*"' <<<"$history" | sort | uniq -c | tr -s ' ') == " $expected \"outcome\":\"succeeded\"" ]] &&
                module_is "$1" firmware "$(version "$expected")"
}

# The update of the module that begin() began ends as if nothing had happened.
ends_well() {
        await "$PATIENCE" on_wire "$1" '^< +WDSI: 16' "${updates[$1]}" &&
                await "$PATIENCE" has_succeeded "$1" && await 30 delivered || return
        updates[$1]=$((updates[$1] + 1))
        [[ $(grants "$1") == "${updates[$1]}" ]] || {
                echo "$(grants "$1") grants for ${updates[$1]} updates"
                return 1
        }
        silent_while_flashing "$1" && reports_are_sound && events_are_sound
}

# USB

is_unplugged() {
        module_is m0 port_open false && ! guest test -e "$BY_ID-0-if00-port0"
}

unplugged_in_idle() {
        unplug 0 && await 20 is_unplugged && await 20 module_is m0 state absent &&
                plug 0 "$world/m0" && await 20 module_is m0 state idle && await 10 module_is m0 reconciled true
}

unplugged_in_download() {
        begin m0 && await 30 module_is m0 state downloading && unplug 0 && await 20 is_unplugged &&
                plug 0 "$world/m0" && accept_install && ends_well m0
}

# Flashing it is without a cable and with one again.
unplugged_in_install() {
        begin m0 && accept_install && await 20 module_is m0 state installing && unplug 0 &&
                await 20 is_unplugged && plug 0 "$world/m0" && await 20 module_is m0 port_open true &&
                ! on_wire m0 '^< +WDSI: 16' "${updates[m0]}" && module_is m0 state installing && ends_well m0
}

run_usb() {
        check "idle_module_is_unplugged_and_plugged_in_again" unplugged_in_idle
        check "unplugged_in_a_download" unplugged_in_download
        check "unplugged_in_an_install" unplugged_in_install
}

# Power

# power_fails flush|random: it is back seconds later, and fotad with it
power_fails() {
        vm_cut "$1" "$seed" && vm_start vm-enabled.target && await 60 unit_is ActiveState active
}

# The grant is on the wire of m1, so it is on the disk; m0 loads its package, or has it by now.
cut_at_a_grant() {
        local before
        before=$(grants m1)
        begin m0 && begin m1 && await "$PATIENCE" on_wire m1 '^> AT+WDSR=4' "$before" && power_fails flush &&
                module_is m1 state installing && await 20 ctl accept m0 install && ends_well m0 && ends_well m1
}

# A person is asked, and nobody has answered.
cut_while_held() {
        local before
        before=$(grants m0)
        begin m0 && await "$PATIENCE" module_is m0 state install-pending && power_fails random &&
                await 20 module_is m0 state install-pending && await 20 module_is m0 reconciled true &&
                [[ $(grants m0) == "$before" ]] && ctl accept m0 install && ends_well m0
}

run_cuts() {
        check "power_cut_at_the_grant_of_an_install" cut_at_a_grant
        check "power_cut_while_an_install_is_held" cut_while_held
}

# update_with_cut MILLISECONDS: an update of m1, with a cut so long after the order
update_with_cut() {
        local mode=(flush random)
        seed=$((seed + 1))
        begin m1 && sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))" && power_fails "${mode[seed % 2]}" &&
                ends_well m1
}

random_cuts() {
        local n ms
        RANDOM=$seed
        echo "seed $seed"
        for ((n = 0; n < cuts; n++)); do
                ms=$((RANDOM % 12000)) # the end of the install is for a machine that runs again
                check "power_cut_${n}_after_${ms}_ms" update_with_cut "$ms"
                ((!failed)) || return
        done
}

# The clock

# The module may install at night alone, and it is noon: when the clock jumps into the night fotad
# sees that at once, and when it jumps back nothing is done or told twice.
clock_jumps() {
        local before noon=$((($(date +%s) / 86400 + 1) * 86400 + 43200)) night='modules: {m0: {policy: night}}
policies: {night: {download: {decision: accept}, install: {decision: accept, windows: ["02:00-04:00"]}}}'
        before=$(grants m0)
        guest mkdir -p /etc/fotad/conf.d &&
                guest bash -c "echo ${night@Q} >/etc/fotad/conf.d/night.yaml" && guest date -s "@$noon" && ctl reload &&
                begin m0 && await "$PATIENCE" module_is m0 state install-pending &&
                never 2 on_wire m0 '^> AT+WDSR=4' "$before" && guest date -s "@$((noon + 51000))" && # 02:10
                await 15 on_wire m0 '^> AT+WDSR=4' "$before" && guest date -s '1 hour ago' && ends_well m0
}

usage() {
        echo "Usage: $0 [--cuts N [--seed S]], N at most 8" >&2
        exit 2
}

cuts='' seed=$((${EPOCHREALTIME/[.,]/} % 32768))
while (($#)); do
        [[ ${2-} =~ ^[0-9]+$ ]] || usage
        case $1 in
                --cuts) cuts=$2 ;;
                --seed) seed=$2 ;;
                *) usage ;;
        esac
        shift 2
done
((cuts <= 8)) || usage
if [[ ! $cuts && ! ${FOTAD_TEST_LONG-} ]]; then
        skip virtual_machine "set FOTAD_TEST_LONG=1"
        exit 0
fi

world_new
reason=$(vm_why_not)
if [[ $reason ]]; then
        skip virtual_machine "$reason"
        exit 0
fi
check "machine_boots" machine_boots
((!failed)) || exit 1
check "unit_starts_and_is_ready" unit_starts
if [[ $cuts ]]; then
        check "modules_are_found_by_their_id" modules_are_found
        random_cuts
else
        check "runs_as_fotad_without_capabilities" runs_as_fotad
        check "unit_lets_serial_ports_through_and_nothing_else" only_serial_ports_open
        check "modules_are_found_by_their_id" modules_are_found
        run_usb
        run_cuts
        check "clock_jumps_into_a_window_and_back" clock_jumps
fi
((!failed)) || [[ ! ${KEEP-} ]] || cp -r "$world" "$KEEP"
exit "$failed"
