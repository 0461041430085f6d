#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the system tests share: the real programs in a folder of their own (a "world"), started and
# ended by name, and looked at through fotactl. FOTAD_BIN names the folder with the programs, the
# default is build/ of this tree. Whatever a test starts is ended when its shell ends.

# Functions are called by name (check, await), with and without arguments; tests set what is theirs.
# shellcheck disable=SC2317,SC2119,SC2120,SC2034

source_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=$(cd "${FOTAD_BIN:-$source_root/build}" && pwd) || exit 1
readonly source_root bin

FROM=BHL7800.1.6.3.0.20180803
TO=THL7800.1.6.3.0.99.20180803
SPEED=20
POLL=0.02 # seconds between two looks
FAMILY=hl78xx # of start_modules
export FROM TO

failed=0
world=''
declare -A children=() # by name

# Results

# check NAME COMMAND...: ok when the command succeeds; else what it said. The command runs in this
# shell, so that it may start things, another world included.
check() {
        local name=$1 said
        shift
        said=$(mktemp "${TMPDIR:-/tmp}/fotad-said.XXXXXX") || exit 1
        if "$@" >"$said" 2>&1; then
                echo "ok $name"
        else
                echo "not ok $name"
                sed 's/^/    /' "$said"
                failed=1
        fi
        rm -f "$said"
}

skip() {
        echo "skip $1: $2"
}

# await SECONDS COMMAND...: until it succeeds; what it said last is shown when it never does. The
# command only looks: it runs in a shell of its own. On a busy machine all takes longer, so that the
# seconds count three times, or `slack` times; those of never() count once.
await() {
        local deadline=$((${EPOCHREALTIME/[.,]/} + $1 * ${slack-3} * 1000000)) output
        shift
        until output=$("$@" 2>&1); do
                if ((${EPOCHREALTIME/[.,]/} > deadline)); then
                        printf 'waited in vain for: %s\n%s\n' "$*" "$output"
                        return 1
                fi
                sleep "$POLL"
        done
}

# never SECONDS COMMAND...: fails as soon as it succeeds.
never() {
        local deadline=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
        shift
        while ((${EPOCHREALTIME/[.,]/} < deadline)); do
                if "$@" >/dev/null 2>&1; then
                        echo "should not have happened: $*"
                        return 1
                fi
                sleep 0.05
        done
}

contains() {
        grep -qF -e "$2" "$1" || {
                echo "$1 has no: $2"
                tail -n 20 "$1"
                return 1
        }
}

# Worlds

# One for each shell: a subshell may have its own. It goes, with all its children, with the shell.
world_new() {
        world=$(mktemp -d "${TMPDIR:-/tmp}/fotad-system.XXXXXX") || exit 1
        chmod 755 "$world"
        children=()
        export FOTAD_SOCKET=$world/control.sock
        trap world_end EXIT
        trap 'exit 1' INT TERM HUP
}

world_end() {
        local name
        for name in "${!children[@]}"; do
                end "$name"
        done
        [[ -z $world ]] || rm -rf "$world"
        world=''
}

# spawn NAME COMMAND...: what it says goes to NAME.log, which later starts append to.
spawn() {
        local name=$1
        shift
        "$@" >>"$world/$name.log" 2>&1 </dev/null &
        children[$name]=$!
}

# end NAME [SIGNAL]: returns when it is gone; after ten seconds it is killed.
end() {
        local pid=${children[$1]-} i
        [[ $pid ]] || return 0
        unset "children[$1]"
        kill -"${2:-TERM}" "$pid" 2>/dev/null
        for ((i = 0; i < 500; i++)); do
                kill -0 "$pid" 2>/dev/null || break
                [[ $(cut -d' ' -f3 "/proc/$pid/stat" 2>/dev/null) != Z ]] || break
                sleep 0.02
        done
        kill -KILL "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
}

runs() {
        kill -0 "${children[$1]}"
}

# The next modules are asked to go from FROM to TO, quickly.
offer_one_package() {
        cat >"$world/scenario.yaml" <<END
firmware: $FROM
packages:
  - {bytes: 1464, to: $TO}
timings: {install: 30s, boot: 10s}
END
}

# silent_while_flashing [NAME]: between its yes to an install and its end nothing was sent to it.
silent_while_flashing() {
        awk '
                /^> AT\+WDSR=4/ { flashing = 1; next }
                /^< \+WDSI: 1[56]/ { flashing = 0 }
                flashing && /^>/ { print "sent while the module flashes: " $0; bad = 1 }
                END { exit bad }
        ' "$world/${1-m0}.wire"
}

# start_modules NAME [OPTION...]: $world/NAME is the port, NAME.wire the dialogue; scenario.yaml is
# used when there is one, else each further module has an IMEI of its own.
start_modules() {
        local name=$1 options=() others=("$world"/*.wire)
        shift
        if [[ -e $world/scenario.yaml ]]; then
                options=(--scenario "$world/scenario.yaml")
        elif [[ ! -e $world/$name.wire && -e ${others[0]} ]]; then
                printf 'imei: "35412345671%04d"\n' "${#others[@]}" >"$world/$name.imei.yaml"
        fi
        [[ ! -e $world/$name.imei.yaml ]] || options=(--scenario "$world/$name.imei.yaml")
        spawn "$name" "$bin/fotasim" --family "$FAMILY" --link "$world/$name" --speed "$SPEED" \
                --log "$world/$name.wire" "${options[@]}" "$@"
        await 10 grep -q '^ready ' "$world/$name.log"
}

# The application server; $as_url is its address.
start_server() {
        [[ -e $world/as.key ]] || (umask 077 && head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$world/as.key")
        spawn as "$bin/fotasim" as --listen 127.0.0.1:0 --key-file "$world/as.key" --as-id app1 "$@"
        await 10 grep -q '^listening ' "$world/as.log" || return
        as_url=$(sed -n 's/^listening //p' "$world/as.log")
}

# The beginning of every configuration; what the test adds comes from stdin.
configure() {
        {
                printf 'control: {socket: %s/control.sock}\n' "$world"
                printf 'state_directory: %s/state\n' "$world"
                cat
        } >"$world/fotad.yaml"
}

uplink_to() {
        printf 'uplink:\n  url: %s\n  as_id: app1\n  key_file: as.key\n  customer_id: "1"\n' "$1"
}

start_fotad() {
        spawn fotad "${fotad_prefix[@]}" "$bin/fotad" --config "$world/fotad.yaml" "$@"
        await 10 answers
}
fotad_prefix=(env) # a test may put another program in front

ctl() {
        timeout 20 "$bin/fotactl" "$@"
}

answers() {
        ctl --json list >/dev/null
}

# json_get KEY: the first value of that name on stdin; null is empty.
json_get() {
        local text quoted="\"$1\": *\"([^\"]*)\"" bare="\"$1\": *([^],}\"]*)"
        text=$(</dev/stdin)
        if [[ $text =~ $quoted ]]; then
                echo "${BASH_REMATCH[1]}"
        elif [[ $text =~ $bare && ${BASH_REMATCH[1]} != null ]]; then
                echo "${BASH_REMATCH[1]}"
        fi
}

# module_get MODULE KEY
module_get() {
        ctl --json status "$1" 2>/dev/null | json_get "$2"
}

# module_is MODULE KEY VALUE
module_is() {
        local value
        value=$(module_get "$1" "$2")
        echo "$1: $2 is '$value', expected '$3'"
        [[ $value == "$3" ]]
}

delivered() {
        [[ $(ctl --json uplink status | json_get waiting) == 0 ]]
}

# How many events a disk that failed has cost, as fotad says.
events_lost() {
        sed -n 's/^storage-restored.* lost=\([0-9]*\).*/\1/p' "$world/fotad.log" 2>/dev/null |
                awk '{ n += $1 } END { print n + 0 }'
}

# The reports of one module that came to the server: every token good, FCntUp from 0 in order and
# without a hole but for events that are told to be lost, and what came twice came twice the same.
reports_are_sound() {
        awk -v lost="$(events_lost)" '
                function value(key, a) {
                        match($0, "\"" key "\":\"?[^\",]*")
                        a = substr($0, RSTART, RLENGTH)
                        sub(/^[^:]*:"?/, "", a)
                        return a
                }
                !/^{"verified"/ { next }
                value("type") != "DevEUI_uplink" {
                        if (value("verified") != "true") { print "not verified: " $0; bad = 1 }
                        next
                }
                {
                        dev = value("dev_eui"); n = value("fcnt_up") + 0; payload = value("payload_hex")
                        if (value("verified") != "true") { print "not verified: " $0; bad = 1 }
                        if ((dev, n) in seen) {
                                if (seen[dev, n] != payload) { print "FCntUp " n " with two contents"; bad = 1 }
                                if (value("duplicate") != "true") { print "FCntUp " n " twice, unflagged"; bad = 1 }
                                next
                        }
                        if (n > next_of[dev] + 0 && n <= next_of[dev] + lost) {
                                lost -= n - next_of[dev]
                                next_of[dev] = n
                        }
                        if (n != next_of[dev] + 0) { print dev ": FCntUp " n ", expected " next_of[dev] + 0; bad = 1 }
                        seen[dev, n] = payload
                        next_of[dev] = n + 1
                        total++
                }
                END { if (!total) print "no reports"; exit bad || !total }
        ' "$world/as.log"
}

# outcome STATUS TEXT COMMAND...: it must end so and say so
outcome() {
        local status=$1 text=$2 output got
        shift 2
        output=$("$@" 2>&1)
        got=$?
        printf '%s\nexit %s, expected %s and: %s\n' "$output" "$got" "$status" "$text"
        [[ $got == "$status" && $output == *"$text"* ]]
}
