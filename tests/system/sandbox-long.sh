#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Other system tests in the sandbox of fotad.service: under a systemd of their own, as the user fotad,
# with every line of the installed unit that restricts a service (system calls, address families,
# capabilities, devices, file system, memory), and everything that they start with them. What the
# sandbox must refuse is tried first, in it and out of it: a filter that is not there proves nothing.
# Tests skip in here what needs root, other users, or a look at the process of fotad. Not run are
#   idle                  looks at the process of fotad, which only root may
#   strangers             becomes other users
#   several, nameserver   make networks of their own
#   faults-long, telit-faults-long    mount disks of their own, and preload one that fails
#   kill-long             is kill.sh more often
#   systemd, vm-long      run the unit, sandbox and all, in a systemd or a machine of their own
#
#   sandbox-long.sh [NAME...]    these tests alone

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
umask 022
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"
# shellcheck source=tests/system/container.bash
source "$(dirname "$0")/container.bash"

TESTS=(kill push telit uplink downlink commands as-downlink inhibit replay input secrets storm)
PLACE=/usr/lib/fotad-test # in there: the programs and the tests
unset bindir

# What a service does is left out, and so are the limit of its processes, of which a test has more,
# and its secrets. What remains is what it may do.
sandbox_lines() {
        sed -n '/^\[Service\]/,/^\[Install\]/{
                /^\[/d; /^#/d; /^$/d
                /^\(Type\|Exec[A-Za-z]*\|WatchdogSec\|Restart[A-Za-z]*\|Timeout[A-Za-z]*\|FileDescriptorStoreMax\|TasksMax\)=/d
                /^RestartPreventExitStatus=/d
                p
        }' "$bin/systemd/fotad.service"
}

service() {
        cat <<END
[Service]
Type=oneshot
TimeoutStartSec=infinity
Environment=FOTAD_BIN=$PLACE PATH=/usr/sbin:/usr/bin:/sbin:/bin
StandardOutput=file:/run/fotad-test/%i.log
StandardError=inherit
ExecStart=$1
END
}

install_tree() {
        local system=$tree/etc/systemd/system
        mkdir -p "$system" "$tree$PLACE/tests" "$tree/etc/sysusers.d" "$tree/etc/tmpfiles.d" || return
        cp "$bin"/{fotad,fotactl,fotasim} "$tree$PLACE/" && cp -a "$source_root/conf" "$tree$PLACE/" &&
                cp -a "$source_root"/tests/{system,data} "$tree$PLACE/tests/" &&
                cp "$source_root/systemd/fotad.sysusers" "$tree/etc/sysusers.d/fotad.conf" || return
        sandbox_lines >"$world/sandbox"
        {
                service "$PLACE/tests/system/%i.sh"
                cat "$world/sandbox"
        } >"$system/sandboxed@.service"
        {
                service "$PLACE/forbidden"
                cat "$world/sandbox"
        } >"$system/forbidden@.service"
        {
                service "$PLACE/forbidden"
                printf 'User=fotad\nGroup=fotad\n'
        } >"$system/allowed@.service"
        forbidden_things >"$tree$PLACE/forbidden" && chmod 755 "$tree$PLACE/forbidden" &&
                chown -R 0:0 "$tree"
}

# Each line of the unit that one can feel as an ordinary user, and whether it was felt.
forbidden_things() {
        cat <<'END'
#!/usr/bin/python3
import ctypes, errno, os, socket

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p

def call(function, *arguments):
    if function(*arguments) in (-1, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno(), "")

def attempt(name, function):
    try:
        function()
        print(name, "done", flush=True)
    except OSError as e:
        print(name, errno.errorcode.get(e.errno, e.errno), flush=True)

print(open("/proc/self/status").read())
own = os.environ.get("TMPDIR", "/tmp") + "/probe"
open(own, "w").close()
attempt("SystemCallFilter=~@privileged", lambda: os.chown(own, os.getuid(), os.getgid()))
attempt("SystemCallFilter=~@resources", lambda: os.nice(1))
attempt("SystemCallFilter=@system-service", lambda: call(libc.syscall, 438, os.pidfd_open(os.getpid()), 0, 0)) # pidfd_getfd
attempt("RestrictNamespaces", lambda: call(libc.unshare, 0x10000000)) # CLONE_NEWUSER
attempt("RestrictAddressFamilies", lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).close())
attempt("MemoryDenyWriteExecute", lambda: call(libc.mmap, None, ctypes.c_size_t(4096), 7, 0x22, -1, 0))
attempt("LockPersonality", lambda: call(libc.personality, 0x0040000)) # ADDR_NO_RANDOMIZE
attempt("RestrictSUIDSGID", lambda: os.chmod(own, 0o4755))
attempt("RestrictRealtime", lambda: os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0)))
attempt("PrivateTmp", lambda: open("/tmp/everybodys").close())
attempt("ReadWritePaths", lambda: open("/run/lock/LCK..probe", "w").close())
END
}

# What a test printed, for this one's own lines; a test that says nothing has failed.
run_sandboxed() {
        local name=$1 log=$world/$1.said status
        INSIDE_SECONDS=900 inside systemctl start "sandboxed@$name.service" >"$world/start" 2>&1
        status=$?
        inside cat "/run/fotad-test/$name.log" >"$log" 2>/dev/null
        sed -nE "s/^(ok|skip) /\1 sandbox_$name: /p" "$log"
        grep -q '^ok ' "$log" && ((status == 0)) && ! grep -q '^not ok ' "$log" && return
        echo "not ok sandbox_$name"
        sed 's/^/    /' "$world/start" "$log"
        failed=1
}

felt() {
        inside systemctl start "$1@x.service" && inside cat /run/fotad-test/x.log >"$world/$1"
        cat "$world/$1"
}

# Outside nobody refuses anything; in the sandbox all but the last is.
refused_in_the_sandbox_only() {
        local n
        felt allowed >"$world/said" && felt forbidden >>"$world/said" || return
        cat "$world/said"
        n=$(grep -cE '^(System|Restrict|Memory|Lock|Private).* done$' "$world/allowed")
        echo "$n things may be done outside, expected at least 9"
        ((n >= 9)) && grep -q '^ReadWritePaths done$' "$world/forbidden" &&
                ! grep -E '^(System|Restrict|Memory|Lock|Private).* done$' "$world/forbidden"
}

is_no_root() {
        local uid
        uid=$(inside id -u fotad)
        grep -E '^(Uid|Cap|NoNewPrivs|Seccomp)' "$world/forbidden"
        ((uid > 0)) && grep -qxF "Uid:"$'\t'"$uid"$'\t'"$uid"$'\t'"$uid"$'\t'"$uid" "$world/forbidden" &&
                (($(grep -cE $'^Cap(Inh|Prm|Eff|Bnd|Amb):\t0+$' "$world/forbidden") == 5)) &&
                grep -qx $'NoNewPrivs:\t1' "$world/forbidden" && grep -qx $'Seccomp:\t2' "$world/forbidden"
}

prepare() {
        inside systemd-sysusers && inside mkdir /run/fotad-test && inside touch /tmp/everybodys &&
                inside systemctl daemon-reload
}

reason=$(why_no_container)
world_new
tree=$world/tree
trap 'container_stop 2>/dev/null; world_end' EXIT
if [[ -z $reason ]]; then
        check "tree_is_installed" install_tree
        ((!failed)) || exit
        container_boot "$tree" "$world" >"$world/reason"
        reason=$(<"$world/reason")
fi
if [[ $reason ]]; then
        skip "sandbox" "$reason"
        exit
fi
check "machine_is_prepared" prepare
check "sandbox_refuses_what_the_unit_forbids" refused_in_the_sandbox_only
check "sandbox_is_no_root" is_no_root
(($# > 0)) || set -- "${TESTS[@]}"
for name; do
        run_sandboxed "$name"
done
exit "$failed"
