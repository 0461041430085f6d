#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A service manager that keeps descriptors, as systemd's descriptor store does.

fdstore.py FOLDER COMMAND... runs COMMAND with $NOTIFY_SOCKET, keeps what comes with FDSTORE=1 under its
FDNAME until FDSTOREREMOVE=1, and starts COMMAND again with all of it ($LISTEN_FDS, $LISTEN_FDNAMES)
whenever it ends by a signal. FOLDER/pid is the process that runs, FOLDER/store the names that are kept,
FOLDER/status the last STATUS=. SIGTERM is passed on, and ends it.
"""

import array
import os
import signal
import socket
import sys

FDS_MAX = 16


def receive(notify):
    """One message: its lines, and the descriptors that came with it."""
    data, control, _, _ = notify.recvmsg(4096, socket.CMSG_SPACE(FDS_MAX * array.array("i").itemsize))
    fds = array.array("i")
    for level, kind, payload in control:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(payload[: len(payload) - len(payload) % fds.itemsize])
    return data.decode().split("\n"), list(fds)


def write(path, text):
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path + ".new", path)


def handle(folder, store, lines, fds):
    """As service_add_fd_store() and service_remove_fd_store() of systemd do."""
    fields = dict(line.split("=", 1) for line in lines if "=" in line)
    name = fields.get("FDNAME", "stored")
    if fields.get("FDSTORE") == "1":
        store.extend((name, fd) for fd in fds)
    else:
        for fd in fds:
            os.close(fd)
    if fields.get("FDSTOREREMOVE") == "1":
        for entry in [entry for entry in store if entry[0] == name]:
            os.close(entry[1])
            store.remove(entry)
    if "STATUS" in fields:
        write(f"{folder}/status", fields["STATUS"])
    write(f"{folder}/store", "".join(f"{entry[0]}\n" for entry in store))


def start(command, address, store):
    """Descriptors 3.. are the store, as sd_listen_fds(3) wants them."""
    pid = os.fork()
    if pid > 0:
        return pid
    high = [os.dup2(fd, 500 + i, inheritable=False) for i, (_, fd) in enumerate(store)]
    for i, fd in enumerate(high):
        os.dup2(fd, 3 + i, inheritable=True)
    os.environ["NOTIFY_SOCKET"] = address
    if store:
        os.environ["LISTEN_PID"] = str(os.getpid())
        os.environ["LISTEN_FDS"] = str(len(store))
        os.environ["LISTEN_FDNAMES"] = ":".join(name for name, _ in store)
    os.execv(command[0], command)


def main():
    folder, command = sys.argv[1], sys.argv[2:]
    address = f"{folder}/notify"
    notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notify.bind(address)
    notify.settimeout(0.05)
    store = []
    ending = []
    signal.signal(signal.SIGTERM, lambda *_: ending.append(True))
    write(f"{folder}/store", "")
    while True:
        pid = start(command, address, store)
        write(f"{folder}/pid", f"{pid}\n")
        status = None
        passed_on = False
        while status is None:
            try:
                handle(folder, store, *receive(notify))
            except socket.timeout:
                done, code = os.waitpid(pid, os.WNOHANG)
                status = code if done else None
            if ending and not passed_on:
                passed_on = True
                os.kill(pid, signal.SIGTERM)
        if ending or not os.WIFSIGNALED(status):
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
