#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Two modules on one gateway with two ways out: the module that carries the uplink installs last, and
# only once a report got out the other way; meanwhile its own way is cut, and reports still arrive.
# The gateway is a network namespace, the application server another one, with two links between.

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"

SERVER=198.51.100.1
# The gateway has no right to anything: binding to an interface must not take one.
fotad_prefix=(setpriv --bounding-set=-all --inh-caps=-all --no-new-privs)

why_not() {
        local command
        ((EUID == 0)) || {
                echo "needs root"
                return
        }
        for command in unshare nsenter setpriv ip openssl; do
                command -v "$command" >/dev/null || {
                        echo "$command is not installed"
                        return
                }
        done
        unshare --net true 2>/dev/null || {
                echo "no namespaces can be made here"
                return
        }
        unshare --net ip link add fotad0 type veth peer name fotad1 2>/dev/null ||
                echo "no veth interfaces can be made here"
}

away() {
        nsenter --target "${children[away]}" --net "$@"
}

# link NAME NET: an interface of that name here, its other end over there.
link() {
        ip link add "$1" type veth peer name "$1" netns "${children[away]}" &&
                ip address add "$2.1/24" dev "$1" && ip link set "$1" up &&
                away ip address add "$2.2/24" dev "$1" && away ip link set "$1" up
}

# "other0" comes later.
make_network() {
        spawn away unshare --net sleep 1000
        await 5 is_apart || return
        ip link set lo up && away ip link set lo up && away ip address add "$SERVER/32" dev lo &&
                link up0 10.99.1 && ip route add "$SERVER" via 10.99.1.2 dev up0 metric 10
}

is_apart() {
        [[ $(readlink "/proc/${children[away]}/ns/net") != "$(readlink /proc/self/ns/net)" ]]
}

make_other_path() {
        link other0 10.99.2 && ip route add "$SERVER" via 10.99.2.2 dev other0 metric 20
}

start_https_server() {
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=as" \
                -addext "subjectAltName=IP:$SERVER" -keyout "$world/tls.key" -out "$world/tls.pem" \
                2>/dev/null || return
        (umask 077 && openssl rand -hex 16 >"$world/as.key")
        spawn as nsenter --target "${children[away]}" --net "$bin/fotasim" as --listen "$SERVER:8443" \
                --key-file "$world/as.key" --as-id app1 --certificate-file "$world/tls.pem" \
                --private-key-file "$world/tls.key"
        await 10 grep -q '^listening ' "$world/as.log"
}

settings() {
        configure <<END
gateway: {uplink_module: m0, other_path: {interface: other0}, soak: 2s, concurrent_installs: 2}
modules:
  m0: {family: hl78xx, device: $world/m0, policy: p, session: {mode: always}}
  m1: {family: hl78xx, device: $world/m1, policy: p, session: {mode: always}}
policies:
  p: {download: {decision: accept}, install: {decision: accept}}
$(uplink_to "https://$SERVER:8443/tunnel")
  ca_file: tls.pem
END
}

scenario() {
        cat >"$world/scenario.yaml" <<END
firmware: $FROM
imei: "$1"
iccid: "$2"
packages:
  - {bytes: 1464, to: $TO}
timings: {install: 200s}
END
}

start_both() {
        scenario 354123456789012 89391041060000000001 && start_modules m0 || return
        scenario 354123456789020 89391041060000000002 && start_modules m1
}

# explains MODULE TEXT
explains() {
        local said
        said=$(ctl --json explain "$1" install)
        printf '%s\n' "$said"
        [[ $said == *"$2"* ]]
}

# Sent through an interface, so far; /sys may show those of another namespace.
packets() {
        awk -v name="$1:" '$1 == name { print $11 }' /proc/net/dev
}

goes_first() {
        await 30 module_is m1 firmware "$TO" && module_is m0 firmware "$FROM"
}

no_way_there_is_said() {
        await 20 explains m0 'no report gets out through other0: other0: No such device' &&
                module_is m0 state install-pending
}

# Its own way is cut as soon as it installs: that is what a module that installs does.
installs_when_proven() {
        await 30 module_is m0 state installing || return
        ip link set up0 down
        (($(packets other0) > 0))
}

reports_arrive_meanwhile() {
        await 8 install_was_told && module_is m0 state installing && await 5 delivered
}

# To the server: event 19 is install-started, fotad-payload(7).
install_was_told() {
        grep -q '"dev_eui":"0354123456789012".*"payload_hex":"0113' "$world/as.log"
}

comes_back() {
        await 40 module_is m0 firmware "$TO" && await 30 module_is m0 state connected || return
        ip link set up0 up && ip route add "$SERVER" via 10.99.1.2 dev up0 metric 10
}

# A report after that, as everything before: not through the other interface.
takes_the_usual_way_again() {
        local before
        await 40 delivered || return
        before=$(packets other0)
        kill -KILL "${children[m1]}" && await 20 gone_is_told || return
        await 20 delivered || return
        echo "$(($(packets other0) - before)) packets through other0"
        (($(packets other0) == before))
}

gone_is_told() {
        ctl --json history --events m1 | grep -q module-gone
}

asked_twice_at_most() {
        local n
        n=$(ctl --json history --events m0 | grep -c path-asked)
        echo "asked $n times"
        ((n >= 2 && n <= 3))
}

inside() {
        world_new
        check "two_ways_out_are_made" make_network
        check "application_server_starts" start_https_server
        settings
        start_both || return
        check "fotad_starts_with_two_modules" start_fotad
        check "module_with_the_uplink_lets_the_other_one_go_first" goes_first
        check "no_other_way_out_is_explained" no_way_there_is_said
        check "other_way_out_is_made" make_other_path
        end fotad KILL # the next try would come in a minute
        check "fotad_starts_again" start_fotad
        check "module_with_the_uplink_goes_once_a_report_got_out" installs_when_proven
        check "reports_arrive_while_it_installs_and_its_way_is_cut" reports_arrive_meanwhile
        check "module_comes_back" comes_back
        check "reports_take_the_usual_way_again" takes_the_usual_way_again
        check "path_was_asked_for_once_a_try" asked_twice_at_most
        check "reports_are_sound" reports_are_sound
        exit "$failed"
}

if [[ ${1-} == --inside ]]; then
        inside
        exit 1
fi
reason=$(why_not)
if [[ $reason ]]; then
        skip "several_modules_with_two_ways_out" "$reason"
        exit 0
fi
exec unshare --net "$0" --inside
