#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Local users without rights and with bad manners (stranger.py), of one uid and of several: whatever
# they do, root is answered within a second, the module is served, memory and disk stay bounded,
# and nothing changes.

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"

PATIENCE_MSEC=1000
GROWTH_KB=32768 # of all strangers together
DISK_GROWTH_KB=256 # likewise, with what fotad writes anyway
LOG_BYTES=65536 # a crowd
N_EVENTS=20000
N_USERS=4
N_POLICIES=16 # each of a module, and all but one of these are not there
export GROWTH_KB

for needed in python3 setpriv; do
        command -v "$needed" >/dev/null || {
                skip "strangers" "$needed is not installed"
                exit 0
        }
done
((EUID == 0)) || {
        skip "strangers" "needs root to become other users"
        exit 0
}

# as_user N COMMAND...: the N-th stranger, of an uid that nobody has
as_user() {
        local uid=$((70000 + $1))
        shift
        setpriv --reuid "$uid" --regid "$uid" --clear-groups "$@"
}

# A history that takes time to read.
fill_history() {
        python3 - "$world/state/fotad.db" "$N_EVENTS" <<'END'
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1])
columns = [row[1] for row in db.execute("PRAGMA table_info(events)")]
last = dict(zip(columns, db.execute("SELECT * FROM events ORDER BY sequence DESC LIMIT 1").fetchone()))
for i in range(int(sys.argv[2])):
    last["sequence"] += 1
    db.execute("INSERT INTO events (%s) VALUES (%s)" % (",".join(columns), ",".join("?" * len(columns))),
               [last[c] for c in columns])
db.commit()
END
}

memory() {
        awk -v key="$1:" '$1 == key { print $2 }' "/proc/${children[fotad]}/status"
}

disk() {
        du -sk "$world/state" | cut -f1
}

rows() {
        ctl --json history --events | grep -o '"event":' | wc -l
}

# come KIND N SECONDS: as each of the users, at the lowest priority, since what is looked at is how
# fotad shares its time, not how the kernel does
come() {
        local user
        for ((user = 1; user <= users; user++)); do
                spawn "stranger$user" as_user "$user" nice -n 19 python3 "$world/stranger.py" \
                        "$world/control.sock" "$@"
        done
        for ((user = 1; user <= users; user++)); do
                await 10 grep -q there "$world/stranger$user.log" || return
        done
}

leave() {
        local user status=0
        for ((user = 1; user <= users; user++)); do
                wait "${children[stranger$user]}" || status=1
                unset "children[stranger$user]"
                cat "$world/stranger$user.log"
                rm "$world/stranger$user.log"
        done
        return "$status"
}

# Root asks ten times. One answer may be late: the machine has others to serve than fotad.
root_is_answered() {
        local i start took late=0 all=''
        for ((i = 0; i < 10; i++)); do
                start=${EPOCHREALTIME/[.,]/}
                ctl --json list >"$world/list" || return
                took=$(((${EPOCHREALTIME/[.,]/} - start) / 1000))
                ((took <= PATIENCE_MSEC)) || late=$((late + 1))
                all+=" $took"
        done
        start=${EPOCHREALTIME/[.,]/}
        ctl command m0 AT+CSQ || return
        took=$(((${EPOCHREALTIME/[.,]/} - start) / 1000))
        echo "answers took$all ms, the module's $took ms"
        ((late <= 1 && took <= 2 * PATIENCE_MSEC)) && grep -q '"state":"idle"' "$world/list"
}

# Nobody else's: the uid has no other connection, so the room that is left is for him.
others_are_answered() {
        as_user 99 timeout 20 "$world/fotactl" --json list
}

survives() {
        local kind=$1 n=$2 seconds=$3 grown peak logged status=0
        logged=$(wc -c <"$world/fotad.log")
        echo 5 >"/proc/${children[fotad]}/clear_refs" # the peak begins anew
        come "$kind" "$n" "$seconds" && root_is_answered || status=1
        ((users >= N_USERS)) || others_are_answered >/dev/null || status=1
        leave || status=1
        peak=$(memory VmHWM)
        grown=$((peak - memory_before))
        logged=$(($(wc -c <"$world/fotad.log") - logged))
        echo "memory grew by $grown KiB at most, $GROWTH_KB are allowed; the log by $logged bytes"
        ((status == 0 && grown <= GROWTH_KB && logged <= LOG_BYTES)) && runs fotad && module_is m0 state idle
}

for_all="list status explain plan watch history inhibitors transcript version help"

# What is not for everybody is refused, and no verb is forgotten here.
may_change_nothing() {
        local verb before after asked=" $for_all "
        before=$(ctl --json status m0; ctl --json inhibitors; ctl --json status)
        while read -r verb; do
                # shellcheck disable=SC2086
                outcome 5 "not permitted" as_user 1 timeout 20 "$world/fotactl" $verb || return
                asked+="${verb%% *} "
        done <<END
connect m0
disconnect m0
accept m0 install
accept m0 install --now
defer m0 install 1h
update m0
update m0 --file $world/package
suspend m0
resume m0
cancel m0
register m0
settings m0 save
settings m0 diff
settings m0 restore
command m0 AT
inhibit --why nothing -- true
uninhibit 1
uplink flush
reload
log-level debug
END
        after=$(ctl --json status m0; ctl --json inhibitors; ctl --json status)
        diff <(printf '%s\n' "$before") <(printf '%s\n' "$after") || return
        while read -r verb; do
                [[ $asked == *" $verb "* ]] || { echo "$verb was not tried"; return 1; }
        done < <("$bin/fotactl" --help | sed -n '/^Verbs:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p')
}

# At most one event a minute tells of those that were cut off, whoever they were.
wrote_little() {
        local after
        after=$(rows)
        echo "$((after - rows_before)) events more"
        ((after - rows_before <= 4))
}

takes_no_disk() {
        local after
        after=$(disk)
        echo "the state directory grew from $disk_before to $after KiB, $DISK_GROWTH_KB more are allowed"
        ((disk_before > 0 && after - disk_before <= DISK_GROWTH_KB))
}

world_new
# Where this tree stands, strangers may not come.
install -m 755 "$bin/fotactl" "$source_root/tests/system/stranger.py" "$world" || exit 1
offer_one_package
echo package >"$world/package"
chmod 644 "$world/package"
start_modules m0 || exit
{
        printf 'modules:\n  m0: {family: hl78xx, device: %s/m0, policy: p0}\n' "$world"
        for ((i = 1; i < N_POLICIES; i++)); do
                printf '  n%d: {family: hl78xx, device: %s/n%d, policy: p%d}\n' "$i" "$world" "$i" "$i"
        done
        echo 'policies:'
        for ((i = 0; i < N_POLICIES; i++)); do
                printf '  p%d: {install: {decision: ask, windows: ["Sat,Sun 02:%02d-04:00"]}}\n' "$i" "$i"
        done
} | configure
start_fotad && await 10 module_is m0 state idle || exit
end fotad
check "history_is_long" fill_history
check "fotad_starts" start_fotad
check "module_is_idle" await 10 module_is m0 state idle
rows_before=$(rows) memory_before=$(memory VmRSS) disk_before=$(disk)
check "stranger_changes_nothing" may_change_nothing
for users in 1 "$N_USERS"; do
        check "${users}_that_come_and_say_nothing" survives idle 20 5
        check "${users}_that_ask_without_end" survives ask 16 6
        check "${users}_that_do_not_read_answers" survives hoard 16 6
        check "${users}_that_pile_answers_up" survives pile 1 6
        check "${users}_that_do_not_read_signals" survives watch 16 5
        check "${users}_with_huge_messages" survives huge 16 5
        check "${users}_that_connect_without_end" survives storm 4 5
done
check "little_was_written_of_that" wrote_little
check "state_directory_stays_small" takes_no_disk
check "nothing_was_changed_by_that" module_is m0 firmware "$FROM"
exit "$failed"
