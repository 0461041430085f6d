#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Secrets that can be told from everything else, used for what they are for, and then looked for in
# all that fotad leaves behind or tells: its log at debug level, the database, every verb of fotactl
# in both forms, the bus, the transcripts, complaints about the configuration, and a core dump.

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"

PIN=73915824
WRONG_PIN=64820713
KEY=5d0f3b8871c94e26a0b7e412d6835fc9
APN_PASSWORD=Marked-Apn-Secret
TYPED=Typed-By-A-Person

for needed in python3 openssl; do
        command -v "$needed" >/dev/null || {
                skip "secrets" "$needed is not installed"
                exit 0
        }
done

# What must be found nowhere. Of a private key the first line of its body.
marks() {
        printf '%s\n' "$PIN" "$WRONG_PIN" "$KEY" "${KEY^^}" "$APN_PASSWORD" "$TYPED"
        sed -n 2p "$world/gw.key"
}

# found_nowhere FILE...
found_nowhere() {
        local found
        (($(marks | wc -l) == 7)) && cat "$@" >/dev/null || return
        found=$(marks | grep -aoF -f - -r "$@")
        printf '%s\n' "$found"
        [[ -z $found ]]
}

# Who looks for them does find them, on the wire of the modules.
can_be_found() {
        ! found_nowhere "$world/m0.wire" && ! found_nowhere "$world/m1.wire" && ! found_nowhere "$world/gw.key" &&
                ! found_nowhere "$world/as.key"
}

make_secrets() {
        local file
        (
                umask 077
                echo "$PIN" >"$world/m0.pin"
                echo "$WRONG_PIN" >"$world/m2.pin"
                echo "$KEY" >"$world/as.key"
                echo "$APN_PASSWORD" >"$world/m1.apn"
        )
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=gw -addext 'subjectAltName=IP:127.0.0.1' \
                -keyout "$world/gw.key" -out "$world/gw.pem" 2>/dev/null && chmod 600 "$world/gw.key"
        for file in m0.pin m1.apn as.key gw.key gw.pem; do
                [[ -s $world/$file ]] || return
        done
}

settings() {
        local port
        port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
        configure <<END
modules:
  m0: {family: hl78xx, device: $world/m0, sim_pin_file: m0.pin, policy: p}
  m1:
    {family: telit, device: $world/m1, apn: m2m.sample, policy: p,
     telit: {protocol: tcp, server_address: 192.0.2.7, server_port: 5000,
             apn_user: somebody, apn_password_file: m1.apn, keep_settings: ["#PASSW"]}}
  m2: {family: hl78xx, device: $world/m2, sim_pin_file: m2.pin}
policies:
  p: {download: {decision: accept}, install: {decision: accept}}
$(uplink_to "$as_url/tunnel")
  certificate_file: gw.pem
  private_key_file: gw.key
downlink: {listen: "127.0.0.1:$port", certificate_file: gw.pem, private_key_file: gw.key}
END
}

start_three() {
        start_server || return
        printf 'firmware: %s\nsim_pin: "%s"\npackages: [{bytes: 1464, to: %s}]\ntimings: {install: 20s, boot: 5s}\n' \
                "$FROM" "$PIN" "$TO" >"$world/scenario.yaml"
        start_modules m0 && start_modules m2 --seed 2 || return
        echo 'firmware: 10.00.144' >"$world/scenario.yaml"
        echo 'telit: {protocol: tcp}' >>"$world/scenario.yaml"
        FAMILY=telit start_modules m1 && settings && mkdir "$world/cores" || return
        # a dump is not kept from being written by its size or place, where we may say so
        fotad_prefix=(bash -c "cd '$world/cores' && { ulimit -c unlimited; exec \"\$@\"; }" fotad)
        start_fotad --log-level debug
}

# Each secret has gone where it belongs.
secrets_are_used() {
        await 10 module_is m0 state idle && await 10 module_is m1 state idle &&
                await 10 module_is m2 state blocked || return
        ctl update m0 --wait && ctl register m1 && await 10 delivered || return
        await 10 grep -q "AT#OTASNAIPCFG=.*\"$APN_PASSWORD\"" "$world/m1.wire" || return
        contains "$world/m0.wire" "AT+CPIN=\"$PIN\"" && contains "$world/m2.wire" "AT+CPIN=\"$WRONG_PIN\"" &&
                reports_are_sound && openssl s_client -connect "$(listens)" </dev/null 2>/dev/null | grep -q 'CN = gw'
}

listens() {
        sed -n 's/.*listen: "\([^"]*\)".*/\1/p' "$world/fotad.yaml"
}

# A person types what has a secret in it, the dangerous and the harmless.
person_types_secrets() {
        local command
        for command in "AT+CPIN=\"$TYPED\"" "AT+CLCK=\"SC\",1,\"$TYPED\"" "AT#PASSW=\"$TYPED\"" "at +cpwd = \"SC\",\"$TYPED\",\"1\"" \
                "AT+CGAUTH=1,1,\"u\",\"$TYPED\"" "AT+KCNXCFG=1,\"GPRS\",\"a\",\"u\",\"$TYPED\""; do
                ctl command m0 "$command"
                ctl command m1 "$command"
        done
        grep -q 'CGAUTH=\*\*\*\*' "$world/fotad.log"
}

# All that can be asked without the argument that would change something; each in both forms.
ask_everything() {
        local verb module arguments
        mkdir -p "$world/told"
        while read -r verb; do
                for module in m0 m1 m2; do
                        case $verb in
                                list | plan | inhibitors | uplink | version | help | log-level) arguments=() ;;
                                history) arguments=("$module" --events) ;;
                                settings) arguments=("$module" diff) ;;
                                watch) continue ;; # watched from the beginning
                                inhibit) arguments=(--why test -- true) ;;
                                accept | defer) arguments=("$module" install) ;;
                                command) arguments=("$module" AT#PASSW?) ;;
                                reload) arguments=() ;;
                                *) arguments=("$module") ;;
                        esac
                        ctl "$verb" "${arguments[@]}" >"$world/told/$verb-$module" 2>&1
                        ctl --json "$verb" "${arguments[@]}" >"$world/told/$verb-$module.json" 2>&1
                done
                [[ $verb == watch || -s $world/told/$verb-m0 || -s $world/told/$verb-m0.json || $verb == re* ]] || {
                        echo "$verb says nothing"
                        return 1
                }
        done < <("$bin/fotactl" --help | sed -n '/^Verbs:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p')
        (($(find "$world/told" -type f | wc -l) > 100))
}

ask_the_bus() {
        local busctl=(timeout 10 busctl --no-pager --address="unix:path=$world/control.sock") path
        "${busctl[@]}" introspect org.fotad1 /org/fotad1 &&
                "${busctl[@]}" call org.fotad1 /org/fotad1 org.freedesktop.DBus.ObjectManager GetManagedObjects &&
                "${busctl[@]}" call org.fotad1 /org/fotad1 org.fotad1.Manager GetEvents su '' 0 || return
        for path in m0 m1 m2; do
                "${busctl[@]}" introspect org.fotad1 "/org/fotad1/module/$path" &&
                        "${busctl[@]}" call org.fotad1 "/org/fotad1/module/$path" org.fotad1.Module GetTranscript t 0 || return
        done
}

# The wrong file, or the secret in the place of its name: what is said has no byte of it.
complain() {
        local key value
        while read -r key value; do
                sed -E "s|$key: [^,}]*|$key: $value|" "$world/fotad.yaml" >"$world/wrong.yaml"
                "$bin/fotad" --config "$world/wrong.yaml" --check && return 1
                grep -q "$key" "$world/wrong.yaml" || return
        done <<END
sim_pin_file "$PIN"
sim_pin_file as.key
sim_pin_file m1.apn
key_file $KEY
key_file ${KEY:0:8}-${KEY:8}
key_file m0.pin
key_file gw.key
private_key_file as.key
url "https://user:$TYPED@as.example.com/"
END
        sed "s|^downlink:|  proxy: \"http://user:$TYPED@proxy.example.com:1\"\n&|" "$world/fotad.yaml" >"$world/wrong.yaml"
        ! "$bin/fotad" --config "$world/wrong.yaml" --check
}

complains() {
        complain >"$world/complaints" 2>&1 || {
                cat "$world/complaints"
                return 1
        }
        (($(grep -c 'names the file that holds the secret' "$world/complaints") >= 3)) && found_nowhere "$world/complaints"
}

database_is_clean() {
        local files=("$world/state/"*)
        (($(cat "${files[@]}" | wc -c) > 50000)) && found_nowhere "${files[@]}"
}

# What dies as fotad does leaves a core here; fotad, with the secrets, leaves none.
dumps_no_core() {
        local pid=${children[fotad]}
        kill -ABRT "$pid"
        wait "$pid"
        echo "exit $?"
        unset "children[fotad]"
        ls -A "$world/cores"
        [[ -z $(ls -A "$world/cores") ]]
}

others_dump_cores() {
        mkdir "$world/others"
        { (cd "$world/others" && ulimit -c unlimited && exec bash -c 'kill -ABRT $$'); } >"$world/said" 2>&1
        [[ -n $(ls -A "$world/others") ]]
}

world_new
check "secrets_are_made" make_secrets
check "three_modules_start" start_three
spawn watch "$bin/fotactl" watch
spawn watch-json "$bin/fotactl" --json watch
check "secrets_are_used" secrets_are_used
check "secrets_can_be_found" can_be_found
check "person_types_secrets" person_types_secrets
check "everything_is_asked" ask_everything
check "fotactl_tells_none" found_nowhere "$world/told"/* "$world/watch.log" "$world/watch-json.log"
if command -v busctl >/dev/null; then
        ask_the_bus >"$world/bus" 2>&1 || failed=1
        check "bus_tells_none" found_nowhere "$world/bus"
else
        skip "bus_tells_none" "busctl is not installed"
fi
check "complaints_tell_none" complains
check "log_at_debug_level_tells_none" found_nowhere "$world/fotad.log"
check "server_hears_none" found_nowhere "$world/as.log"
check "database_holds_none" database_is_clean
if others_dump_cores; then
        check "no_core_is_dumped" dumps_no_core
else
        skip "no_core_is_dumped" "no cores are written into the folder of a process here"
fi
exit "$failed"
