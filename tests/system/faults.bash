#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What goes wrong in the field, done to one update of m0 with the real programs: fotad over ptys and
# SQLite on a disk that fails, the module with its memory. The tests say what comes before and after.

# Functions are called by name; some variables are the caller's.
# shellcheck disable=SC2317,SC2154,SC2034

# Those of the disk, the line and the clock count only when they were felt.
FAULTS=(kill stop module-power module-hangs module-unplugged line-loses line-doubles line-junk
        line-corrupts clock-ahead clock-behind disk-full disk-fails power-cut blackout lying-disk)
DAY=86400
POLL=0.05 # many run side by side

for fault in disk clock; do
        "${CC:-cc}" -shared -fPIC -o "$queue_folder/$fault.so" \
                "$source_root/tests/system/preload/$fault.c" -ldl || exit 1
done

# missing_for FAULT: why it can't be tried here
missing_for() {
        case $1 in
                line-*) command -v python3 >/dev/null || echo "python3 is not installed" ;;
                disk-full) [[ $EUID == 0 ]] || echo "mounting a file system takes root" ;;
        esac
}

# prepare_fault FAULT: before anything is started. The disk is a file system of its own, of a size that
# can be used up, where that may be mounted.
prepare_fault() {
        mkdir "$world/state" "$world/synced" && chmod 700 "$world/state" || return
        case $1 in
                disk-full) mount -t tmpfs -o size=4m,mode=700 fotad-test "$world/state" || return ;;
                line-*)
                        module_options=(--link "$world/module")
                        spawn line python3 "$source_root/tests/system/line.py" \
                                "$world/m0" "$world/module" "$world/line"
                        ;;
        esac
        fotad_prefix=(env LD_PRELOAD="$queue_folder/disk.so $queue_folder/clock.so"
                CLOCK_FAULT="$world/clock" DISK_FAULT="$world/disk" DISK_FOLDER="$world/state"
                DISK_SYNCED="$world/synced")
}
module_options=()

lines() {
        if [[ -e $world/m0.wire ]]; then
                wc -l <"$world/m0.wire"
        else
                echo 0
        fi
}

start_again() {
        start_fotad --log-level debug || return
        lines_at_start=$(lines)
        missed+=$(tail -n "+$((lines_at_kill + 1))" "$world/m0.wire" 2>/dev/null |
                head -n $((lines_at_start - lines_at_kill)))
        true
}

# What holds back nothing that happens here, and has to be written down.
write_something() {
        ctl inhibit --why "a row for the disk" --what uninstall -- true
}

storage_is() {
        [[ $(ctl --json status | json_get storage_ok) == "$1" ]]
}

# A fault that hits nobody proves nothing.
disk_is_struck() {
        write_something >/dev/null 2>&1
        [[ -e $world/disk.struck ]] || {
                echo "the preload intercepts nothing"
                return 1
        }
}

# fault_is_struck FAULT: those of the line wait for its next one, those of the clock until it is read.
fault_is_struck() {
        case $1 in
                line-* | clock-*)
                        echo "what was hit:"
                        cat "$world/${1%%-*}.struck"
                        ;;
        esac
}

# The next things are said on a line, or timed by a clock, that is bad.
make_bad() {
        echo "$2" >"$world/$1.next" && mv "$world/$1.next" "$world/$1"
}

# fotad says so, and goes on; and it says when it is over.
disk_is_felt() {
        write_something >/dev/null 2>&1
        storage_is false || {
                echo "fotad has not felt that its disk fails"
                return 1
        }
}

# All that the disk has after a power cut is what was synced; a file that was removed is gone.
lose_power() {
        local file
        [[ -s $world/synced/fotad.db ]] || {
                echo "the preload has seen no sync"
                return 1
        }
        end fotad KILL
        for file in "$world"/state/*; do
                rm -f "$file"
                cp "$world/synced/${file##*/}" "$file" 2>/dev/null
        done
        true
}

module_off() {
        end m0 KILL
        rm -f "$world/m0" # it leads to a terminal that the next one may get
}

module_on() {
        [[ $1 == absent ]] || start_module
}

disk_fails_for_a_while() {
        await 5 disk_is_felt && sleep 2 && await 5 answers
}

disk_works_again() {
        await 30 storage_is true
}

# strike STATE FAULT
strike() {
        local state=$1
        lines_at_kill=$(lines)
        case $2 in
                kill) end fotad KILL; start_again ;;
                stop) end fotad; sleep 0.5; start_again ;;
                module-power) module_off && sleep 0.3 && module_on "$state" ;;
                module-hangs)
                        kill -STOP "${children[m0]}" && sleep 2 && kill -CONT "${children[m0]}"
                        ;;
                module-unplugged)
                        kill -RTMIN "${children[m0]}" && await 5 module_is m0 port_open false &&
                                sleep 2 && kill -RTMIN "${children[m0]}"
                        ;;
                line-*) make_bad line "$2" ;;
                clock-ahead) make_bad clock "$DAY" ;;
                clock-behind) make_bad clock "-$DAY" ;;
                disk-full)
                        head -c 8M /dev/zero >"$world/state/filler" 2>/dev/null
                        disk_fails_for_a_while && rm "$world/state/filler" && disk_works_again
                        ;;
                disk-fails)
                        echo eio >"$world/disk"
                        disk_fails_for_a_while && disk_is_struck && rm "$world/disk" && disk_works_again
                        ;;
                power-cut) lose_power && start_again ;;
                blackout) lose_power && module_off && module_on "$state" && start_again ;;
                lying-disk) disk_is_struck && lose_power && rm "$world/disk" && start_again ;;
        esac
}

# is_mended FAULT: what does not end by itself. Reports wait as long as the clock is behind what is on
# the disk.
is_mended() {
        [[ $1 != clock-behind ]] ||
                { slack=1 await "$PATIENCE" module_is m0 firmware "$TO" && ! delivered && rm "$world/clock"; }
}

start_module() {
        start_modules m0 --state "$world/m0.memory" "${module_options[@]}"
}

is_in() {
        module_is m0 state "$1"
}

# agree DECISION: what the policy leaves to a person
agree() {
        [[ $1 != accept ]] || return 0
        approve >/dev/null 2>&1 &
        children[approve]=$!
}

# update_with_fault STATE FAULT. The tests have scenario STATE, settings DECISION, reach STATE FAULT, and
# ends STATE FAULT: how it goes on, and what must have become of it.
update_with_fault() {
        local state=$1 fault=$2 policy=accept lines_at_kill=0 lines_at_start=0 missed=''
        [[ $state != *-pending ]] || policy=ask
        world_new
        trap 'end fotad KILL; umount -q "$world/state"; world_end' EXIT
        scenario "$state"
        prepare_fault "$fault" && start_server && settings "$policy" && reach "$state" "$fault" &&
                strike "$state" "$fault" && agree "$policy" && ends "$state" "$fault" &&
                fault_is_struck "$fault" && return
        explain
        [[ -z ${KEEP-} ]] || cp -r "$world" "$KEEP"
        return 1
}

# leaves_out STATE FAULT: why this cell is not tried, if it is not
leaves_out() {
        true
}

# fault_table [STATE-FAULT...]: each of the STATES x each fault, or these alone
fault_table() {
        local state fault why
        for state in "${STATES[@]}"; do
                for fault in "${FAULTS[@]}"; do
                        why=$(leaves_out "$state" "$fault" && missing_for "$fault")
                        if (($#)) && [[ " $* " != *" $state-$fault "* ]]; then
                                continue
                        elif [[ $state == absent && $fault == module-* ]]; then
                                continue # no module is there
                        elif [[ $why ]]; then
                                skip "$state-$fault" "$why"
                        else
                                moment "$state-$fault" update_with_fault "$state" "$fault"
                        fi
                done
        done
        tell
}
