#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A virtual machine with fotad in it, for the system tests. Its root file system lives in memory and
# is the same at each start: base.cpio (see build), and over it what `make install` installs, the
# folder guest/ and the configuration in $world/root. What it keeps is the disk of /var/lib/fotad. Outside,
# and not harmed by what happens to the machine, are the simulated modules, on its USB, and the
# application server, the only address that it reaches: https://10.0.2.100:8443.

# The world is that of lib.bash.
# shellcheck disable=SC2154

vm_files=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
vm_cache=$source_root/build/vm
vm_starts=0

vm_missing() {
        local command
        for command in qemu-system-x86_64 udevadm modprobe ip mke2fs setpriv cpio socat python3 openssl; do
                PATH=$PATH:/usr/sbin:/sbin command -v "$command" >/dev/null || echo "$command"
        done
}

# Gets what a virtual machine needs; says why there can be none, if so.
vm_why_not() {
        local said missing
        [[ $(uname -m) == x86_64 ]] || {
                echo "the virtual machine is an x86-64 one"
                return
        }
        command -v dpkg-query apt-get >/dev/null || {
                echo "it is made of Debian packages"
                return
        }
        missing=$(vm_missing)
        if [[ $missing ]]; then
                said=$("$source_root/scripts/install-packages" --vm 2>&1) || {
                        echo "no ${missing//$'\n'/, no }: $(tail -n 1 <<<"$said")"
                        return
                }
        fi
        said=$("$vm_files/build" "$vm_cache" 2>&1) || echo "${said##*$'\n'}"
}

# What the programs are linked with and base.cpio has not.
vm_libraries() {
        local file
        find "$world/root" -type f \( -name fotad -o -name fotactl -o -name lines \) -perm -u+x -exec ldd {} + |
                awk '$3 ~ /^\// { print $3 }' | sort -u | while read -r file; do
                grep -qFx ".$(readlink -f "$file")" "$vm_cache/base.list" ||
                        install -D "$(readlink -f "$file")" "$world/root/usr/lib/x86_64-linux-gnu/${file##*/}"
        done
}

# From $world/root as it is now: the root file system of the next starts.
vm_install() {
        mkdir -p "$world/root/etc" && cp -a "$vm_files/guest/." "$world/root/" && : >"$world/root/etc/machine-id" &&
                make -s -C "$source_root" B="${bin#"$source_root/"}" install DESTDIR="$world/root" && vm_libraries || return
        {
                cat "$vm_cache/base.cpio"
                (cd "$world/root" && find . -mindepth 1 | cpio --quiet -o -H newc -R 0:0)
        } >"$world/root.cpio"
}

vm_new_disk() {
        truncate -s 32M "$world/disk" && mke2fs -q -F -t ext4 "$world/disk"
}

# vm_start TARGET: returns when its shell answers. Modules plug in at $world/usb-0, usb-1; a third
# adapter has nothing behind it.
vm_start() {
        local i usb=(-chardev "null,id=spare"
                -device "usb-serial,chardev=spare,bus=usb.0,serial=SPARE,always-plugged=on")
        for i in 0 1; do
                rm -f "$world/usb-$i"
                usb+=(-chardev "socket,id=usb-$i,path=$world/usb-$i,server=on,wait=off"
                        -device "usb-serial,chardev=usb-$i,bus=usb.0,serial=MODULE-$i")
        done
        vm_starts=$((vm_starts + 1))
        rm -f "$world"/{shell.in,shell.out}
        mkfifo "$world"/{shell.in,shell.out} || return
        exec {to_guest}<>"$world/shell.in" {from_guest}<>"$world/shell.out"
        cp "$world/disk" "$world/disk.before" && : >"$world/disk.log" || return
        spawn vm setpriv --pdeathsig KILL qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \
                -machine q35 -accel tcg,thread=multi -cpu qemu64 -smp 2 -m 512 \
                -kernel "$vm_cache/vmlinux" -initrd "$world/root.cpio" \
                -append "console=ttyS0 quiet rdinit=/lib/systemd/systemd systemd.unit=$1 systemd.show_status=no \
mitigations=off no_timer_check tsc=reliable random.trust_cpu=1 net.ifnames=0 panic=-1" \
                -chardev "file,id=console,path=$world/console.$vm_starts" -serial chardev:console \
                -object rng-random,id=random,filename=/dev/urandom -device virtio-rng-pci,rng=random \
                -device virtio-serial-pci \
                -chardev "pipe,id=shell,path=$world/shell" -device virtserialport,chardev=shell,name=shell \
                -chardev "file,id=events,path=$world/events.$vm_starts" -device virtserialport,chardev=events,name=events \
                -chardev "file,id=journal,path=$world/journal.$vm_starts" -device virtserialport,chardev=journal,name=journal \
                -device qemu-xhci,id=usb,p2=8 "${usb[@]}" \
                -blockdev "driver=blklogwrites,node-name=disk,log-super-update-interval=1,log-sector-size=512,file.driver=file,file.filename=$world/disk,log.driver=file,log.filename=$world/disk.log" \
                -device virtio-blk-pci,drive=disk \
                -nic "user,model=virtio-net-pci,restrict=on,guestfwd=tcp:10.0.2.100:8443-cmd:socat - TCP:127.0.0.1:${as_url##*:}"
        LIMIT=60 guest true
}

# guest COMMAND...: in the machine, as root. LIMIT: seconds until it must have ended.
guest() {
        local word=$BASHPID.$RANDOM line begun=''
        printf '%s %s\n' "$word" "${*@Q}" >&"$to_guest"
        while IFS= read -t "${LIMIT:-20}" -r line <&"$from_guest"; do
                if [[ $line == "$word" ]]; then
                        begun=yes
                elif [[ $begun && $line == "$word "* ]]; then
                        return "${line#* }"
                elif [[ $begun && $line ]]; then
                        printf '%s\n' "$line"
                fi
        done
        echo "the machine does not answer: $*"
        return 1
}

# vm_cut flush|random SEED: its power fails. The disk then has what was written before the last
# flush, and by chance more.
vm_cut() {
        end vm KILL
        exec {to_guest}>&- {from_guest}<&-
        "$vm_files/replay-disk" "$world/disk.log" "$world/disk.before" "$world/disk.after" "$@" &&
                mv "$world/disk.after" "$world/disk" && e2fsck -fp "$world/disk"
        (($? <= 1)) # 1: mended, as the machine would when it starts
}

# plug N PORT: the module's port to the machine's USB; unplug N
plug() {
        spawn "cable-$1" "$vm_files/cable" "$2" "$world/usb-$1"
}

unplug() {
        end "cable-$1"
}
