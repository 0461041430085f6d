#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Inhibitors with the real programs: taken by fotactl for as long as a command runs, gone with it
# however it ends, and kept over a kill -9 of fotad, with a service manager that keeps descriptors and
# without one.

# Functions are called by name, and set what is theirs.
# shellcheck disable=SC2317,SC2154

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"

SPEED=50

configuration() {
        configure <<END
modules:
  m0: {family: hl78xx, device: $world/m0, apn: iot, policy: p}
policies:
  p: {download: {decision: accept}, install: {decision: accept}}
END
}

start_world() {
        world_new
        start_modules m0 || return
        configuration
        start_fotad
}

inhibitors() {
        ctl --no-legend inhibitors | wc -l
}

inhibitors_are() {
        local n
        n=$(inhibitors)
        echo "$n inhibitors, expected $1"
        [[ $n == "$1" ]]
}

# ended WHO BECAUSE: its last lease
ended() {
        local row
        row=$(ctl --json history --events |
                grep -o "{[^{}]*\"event\":\"inhibitor-released\"[^{}]*\"who\":\"$1\"[^{}]*}" | tail -n 1)
        echo "$row"
        [[ $row == *"\"because\":\"$2\""* ]]
}

# a lease while a command runs

the_status_is_the_commands() {
        outcome 7 '' ctl inhibit --why test -- sh -c 'exit 7' &&
                outcome 127 'no-such-command' ctl inhibit --why test -- no-such-command &&
                outcome 126 "$world" ctl inhibit --why test -- "$world" &&
                outcome 137 '' ctl inhibit --why test -- sh -c 'kill -KILL $$' &&
                outcome 0 '--why' ctl inhibit --why test -- echo --why
}

it_is_there_while_the_command_runs() {
        outcome 0 'sh  download:install all ' ctl inhibit --why 'copying logs' -- \
                sh -c "'$bin/fotactl' --no-pager inhibitors" &&
                outcome 0 '"inhibitors":[{"id":' ctl inhibit --why 'copying logs' -- \
                        sh -c "'$bin/fotactl' --json status m0" &&
                await 20 module_is m0 state idle &&
                outcome 0 'inhibited by me: copying logs (decides)' ctl inhibit --who me \
                        --what install --module m0 --why 'copying logs' -- \
                        sh -c "'$bin/fotactl' explain m0 install | tr -s '\n ' ' '" &&
                await 5 inhibitors_are 0
}

wrong_use_is_told() {
        outcome 2 "write '--'" ctl inhibit --why test true &&
                outcome 2 '--why TEXT' ctl inhibit -- true &&
                outcome 2 "'instal' is none of" ctl inhibit --what instal --why test -- true &&
                outcome 2 'no time span' ctl inhibit --for soon --why test -- true &&
                outcome 2 'at most' ctl inhibit --why "$(printf 'x%.0s' {1..100})" -- true &&
                outcome 2 'control characters' ctl inhibit --why $'a\tb' -- true &&
                outcome 4 "no module 'm1'" ctl inhibit --module m1 --why test -- true &&
                outcome 2 '--json' ctl --json inhibit --why test -- true &&
                outcome 2 'list does not take --why' ctl --why test list &&
                outcome 3 'can not be reached' ctl --socket "$world/none" inhibit --why test -- true
}

# hold NAME [OPTION...]: in the background, until end NAME
hold() {
        local name=$1
        shift
        spawn "$name" "$bin/fotactl" inhibit --who "$name" --why test "$@" -- sleep 1000
}

command_of() {
        pgrep -P "${children[$1]}"
}

# Whoever ends, ends the lease.
it_goes_with_its_owner() {
        local command
        hold a && await 5 inhibitors_are 1 || return
        command=$(command_of a)
        end a KILL
        await 5 inhibitors_are 0 && await 5 gone "$command" || return
        hold b && await 5 inhibitors_are 1 || return
        kill -KILL "$(command_of b)"
        await 5 inhibitors_are 0 && await 5 gone "${children[b]}" || return
        hold c && await 5 inhibitors_are 1 || return
        command=$(command_of c)
        end c TERM
        await 5 inhibitors_are 0 && await 5 gone "$command" &&
                ended c 'its owner let go'
}

gone() {
        [[ ! -e /proc/$1 || $(cut -d' ' -f3 "/proc/$1/stat") == Z ]]
}

its_time_is_over() {
        hold d --for 1s && await 5 inhibitors_are 1 || return
        await 5 inhibitors_are 0 && runs d && ended d expired &&
                await 5 contains "$world/d.log" 'time is over; the command goes on'
        local result=$?
        end d
        return "$result"
}

users_have_their_share() {
        local i
        for i in {1..16}; do
                hold "h$i" || return
        done
        await 10 inhibitors_are 16 &&
                outcome 6 'holds 16 inhibitors already' ctl inhibit --why test -- true
        local result=$?
        for i in {1..16}; do
                end "h$i"
        done
        return "$result"
}

# an update waits for it, and goes on at once when it is released

start_update() {
        world_new
        cat >"$world/scenario.yaml" <<END
firmware: $FROM
packages:
  - {bytes: 1464, to: $TO}
timings: {install: 60s}
END
        start_modules m0 || return
        configuration
        start_fotad
}

an_update_waits_for_it() {
        hold u --what install --module m0 && await 5 inhibitors_are 1 || return
        ctl update m0 && await 30 module_is m0 state install-pending || return
        await 5 outcome 0 'install: inhibited by u: test' module_get m0 next &&
                never 1 module_is m0 state installing || return
        end u
        await 10 module_is m0 state installing && await 60 module_is m0 firmware "$TO"
}

# without a service manager

killed_fotad_is_found_again() {
        hold e && await 5 inhibitors_are 1 || return
        end fotad KILL
        start_fotad || return
        await 10 contains "$world/e.log" 'the inhibitor is taken again' &&
                inhibitors_are 1 && runs e || return
        ctl --json inhibitors | grep -q '"held":true' || return
        end e
        await 5 inhibitors_are 0
}

# Its owner went meanwhile, too: the lease waits for him, and is seen to.
owner_that_went_is_told() {
        hold f && await 5 inhibitors_are 1 || return
        end fotad KILL
        end f KILL
        start_fotad || return
        inhibitors_are 1 && outcome 0 'owner is gone' ctl --no-pager inhibitors &&
                ctl --json inhibitors | grep -q '"held":false'
}

# with a service manager that keeps descriptors

start_kept() {
        world_new
        start_modules m0 || return
        configuration
        mkdir "$world/manager"
        fotad_prefix=(python3 "$source_root/tests/system/fdstore.py" "$world/manager")
        start_fotad
}

stored() {
        [[ $(wc -l <"$world/manager/store") == "$1" ]]
}

answers_as() {
        [[ $(<"$world/manager/pid") != "$1" ]] && answers
}

kept_over_a_kill() {
        local pid
        hold g --for 1h && hold i && await 5 inhibitors_are 2 && stored 2 || return
        pid=$(<"$world/manager/pid")
        kill -KILL "$pid"
        await 10 answers_as "$pid" && inhibitors_are 2 && stored 2 || return
        ! ctl --json inhibitors | grep -q '"held":false' || return
        [[ ! -s $world/g.log && ! -s $world/i.log ]] || return # its owner noticed nothing
        end i
        await 5 inhibitors_are 1 && await 5 stored 1
}

# Its owner ends while fotad is down: nobody waits for it.
gone_while_down() {
        local pid
        pid=$(<"$world/manager/pid")
        kill -STOP "${children[fotad]}" # fotad does not come back yet
        kill -KILL "$pid"
        end g KILL
        kill -CONT "${children[fotad]}"
        await 10 answers_as "$pid" && await 5 inhibitors_are 0 && await 5 stored 0 &&
                ended g 'its owner let go'
}

check 'inhibit: the world stands' start_world
check 'inhibit: the exit status is that of the command' the_status_is_the_commands
check 'inhibit: it is there while the command runs, and nowhere after' it_is_there_while_the_command_runs
check 'inhibit: wrong use is told' wrong_use_is_told
check 'inhibit: whoever ends, ends the lease' it_goes_with_its_owner
check 'inhibit: its time is over' its_time_is_over
check 'inhibit: one user has its share' users_have_their_share
check 'inhibit: fotad is killed, and its owner comes again' killed_fotad_is_found_again
check 'inhibit: fotad and the owner are killed' owner_that_went_is_told
world_end
check 'inhibit: a module with an update' start_update
check 'inhibit: an update waits for it, and for nothing else' an_update_waits_for_it
world_end
check 'inhibit: a service manager that keeps descriptors' start_kept
check 'inhibit: fotad is killed, and nobody notices' kept_over_a_kill
check 'inhibit: the owner ends while fotad is down' gone_while_down
exit "$failed"
