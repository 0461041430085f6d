#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A systemd of a test's own: booted as PID 1 of new namespaces over a throw-away copy (overlay) of the
# root file system, with a tree of files laid over it. It dies with the shell that booted it. Tests
# source this; the booting side runs it.

# Functions are called by name; what tests use is set here.
# shellcheck disable=SC2317,SC2034

# The booting side: becomes PID 1 of a new tree. Runs in new namespaces, from container_boot() below.
#   container.bash --boot TREE FOLDER: TREE is laid over the root file system, FOLDER is for the mounts

if [[ ${1-} == --boot ]]; then
        set -e
        tree=$2 folder=$3 root=$3/mounts/root
        read -r pid _ <"/proc/self/stat" # as seen from outside: /proc is still the old one
        echo "$pid" >"$folder/pid"

        mount --make-rprivate /
        mkdir "$folder/mounts"
        mount -t tmpfs -o size=512m,mode=755 fotad-test "$folder/mounts"
        mkdir "$folder/mounts/upper" "$folder/mounts/work" "$root"
        mount -t overlay -o "lowerdir=/,upperdir=$folder/mounts/upper,workdir=$folder/mounts/work" \
                overlay "$root"

        mount -t proc proc "$root/proc"
        mount --bind "$root/proc/sys" "$root/proc/sys"
        mount -o remount,bind,ro "$root/proc/sys"
        mount -t sysfs -o ro sysfs "$root/sys"
        mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
        mount -t tmpfs -o mode=755 tmpfs "$root/dev"
        for device in null zero full random urandom tty; do
                touch "$root/dev/$device"
                mount --bind "/dev/$device" "$root/dev/$device"
        done
        mkdir "$root/dev/pts" "$root/dev/shm"
        mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
        ln -s pts/ptmx "$root/dev/ptmx"
        ln -s /proc/self/fd "$root/dev/fd"
        mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
        mount -t tmpfs -o mode=755 tmpfs "$root/run"
        mkdir -m 1777 "$root/run/lock"

        # Of the machine's own services only the journal is left.
        rm -rf "$root"/etc/systemd/{system,system-generators} "$root/etc/fstab" \
                "$root"/usr/lib/systemd/{system/*.wants,system-generators} \
                "$root/var/log/journal" "$root/etc/fotad" "$root/var/lib/fotad"
        cp -a "$tree/." "$root/"

        cd "$root"
        mkdir .old
        pivot_root . .old
        umount -l .old
        mount --make-rshared / # as on a real system: credentials depend on it
        exec setpriv --bounding-set -sys_time,-sys_module,-sys_rawio \
                env -i container=fotad-test PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin \
                /usr/lib/systemd/systemd --unit=fotad-test.target
fi

container=$(readlink -f "${BASH_SOURCE[0]}")
init='' starter='' cgroup='' # the process 1 as seen from here, its parent, its control group

# wait_for SECONDS COMMAND...: until it succeeds; what it said last is left to be seen.
wait_for() {
        local deadline=$((SECONDS + $1)) output
        shift
        until output=$("$@" 2>&1); do
                if ((SECONDS >= deadline)); then
                        echo "waited in vain for: $*"
                        printf '%s\n' "$output"
                        return 1
                fi
                sleep 0.05
        done
}

# Why there can be none here; empty when there can.
why_no_container() {
        local command
        ((EUID == 0)) || {
                echo "needs root"
                return
        }
        [[ -x /usr/lib/systemd/systemd ]] || {
                echo "systemd is not installed"
                return
        }
        for command in unshare nsenter setpriv pivot_root; do
                command -v "$command" >/dev/null || {
                        echo "$command is not installed"
                        return
                }
        done
        unshare --pid --mount --cgroup --ipc --uts --net --fork true 2>/dev/null ||
                echo "no namespaces can be made here"
}

# Where we may make control groups: our own group in the unified hierarchy.
container_cgroup_make() {
        local mount own
        mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
        own=$(sed -n 's/^0:://p' /proc/self/cgroup)
        [[ $mount && $own ]] || return
        cgroup=${mount}${own%/}/fotad-test-$$
        mkdir "$cgroup" 2>/dev/null || {
                cgroup=''
                return 1
        }
}

# What is installed with the tree comes first.
inside() {
        timeout "${INSIDE_SECONDS:-20}" nsenter -t "$init" -m -u -i -n -p -C -- \
                env -i PATH="${bindir+$bindir:$sbindir:}/usr/sbin:/usr/bin:/sbin:/bin" LC_ALL=C.UTF-8 "$@"
}

container_is_up() {
        kill -0 "$init" && inside systemctl is-active fotad-test.target
}

# container_boot TREE FOLDER: FOLDER is for what the boot leaves. Says why when it fails.
container_boot() {
        local tree=$1 folder=$2
        mkdir -p "$tree/etc/systemd/system"
        : >"$tree/etc/fstab"
        printf '[Unit]\nWants=systemd-journald.service\nAllowIsolate=yes\n' \
                >"$tree/etc/systemd/system/fotad-test.target"
        container_cgroup_make || {
                echo "no control group (v2) can be made"
                return 1
        }
        # Dies with this shell, and PID 1 with it.
        (
                echo "$BASHPID" >"$cgroup/cgroup.procs" &&
                        exec setsid setpriv --pdeathsig KILL unshare --pid --mount --cgroup --ipc \
                                --uts --net --fork --kill-child "$container" --boot "$tree" "$folder"
        ) >"$folder/console" 2>&1 </dev/null &
        starter=$!
        wait_for 5 test -s "$folder/pid" >/dev/null || {
                tail -n 1 "$folder/console"
                return 1
        }
        init=$(<"$folder/pid")
        wait_for 10 container_is_up >/dev/null || {
                tail -n 1 "$folder/console"
                return 1
        }
}

container_stop() {
        local pid
        for pid in $init $starter; do
                kill -KILL "$pid"
        done
        wait
        init='' starter=''
        # Groups stay busy for a moment after the last process in them.
        for _ in {1..60}; do
                [[ -d $cgroup ]] || break
                find "$cgroup" -depth -type d -exec rmdir {} \;
                sleep 0.05
        done
        cgroup=''
}
