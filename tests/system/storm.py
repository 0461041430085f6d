#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Devices that mean harm, in the place of modules: each is a pseudo-terminal that says what it likes as
# fast as it is read, whatever it is asked.
#
#   storm.py FOLDER SECONDS KIND...    FOLDER/KIND is the port
#
# Prints `there` once all ports are, and at the end how much each could say.

import os, pty, select, sys, time, tty

EVENTS = b"".join(b"\r\n+WDSI: %d\r\n" % n for n in (0, 1, 6, 7, 8, 2, 9, 5, 3, 4, 10, 12, 13, 14, 15, 16, 22, 23))
URCS = b"".join(b"\r\n%s\r\n" % line for line in (
    b"+WDSI: 18,55", b"+WDSI: 9,999999999", b"+CREG: 1", b"+CEREG: 5", b"+CPIN: SIM PIN", b"RING", b"+KUP: 2",
    b"#OTAEV: Start Fw Download", b"#OTAEV: Module Upgraded To New Fw", b"^EXIT", b"+WDSI: 4294967296", b"+CME ERROR: 3"))
REPLIES = b"\r\nOK\r\n\r\n+CGMR: 1\r\n\r\nERROR\r\n\r\n> \r\nCONNECT\r\nC\x06\x15"


def kinds():
    junk = os.urandom(1 << 16)
    return {
        "endless": lambda i: b"x" * 4096,  # one line
        "junk": lambda i: junk[(i * 4096) % (1 << 16):][:4096],
        "urcs": lambda i: URCS * 8,
        "events": lambda i: EVENTS * 8,
        "replies": lambda i: REPLIES * 32,
        "newlines": lambda i: b"\r\n" * 2048,
        # another module each time it is asked: an identity without end
        "names": lambda i: b"\r\n35%013d\r\nOK\r\n\r\nBHL7800.%d\r\nOK\r\n" % (i, i) * 16,
    }


def main():
    folder, seconds, names = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
    ports, said, say = {}, {}, kinds()
    for name in names:
        ours, theirs = pty.openpty()  # theirs stays open: the device is there
        tty.setraw(theirs)
        os.set_blocking(ours, False)
        os.symlink(os.ttyname(theirs), os.path.join(folder, name))
        ports[ours], said[name] = name, 0
    print("there", flush=True)
    begin, turn = time.monotonic(), 0
    while time.monotonic() < begin + seconds:
        turn += 1
        for fd in select.select([], list(ports), [], 1)[1]:
            name = ports[fd]
            try:
                said[name] += os.write(fd, say[name](turn))
            except BlockingIOError:
                pass
            try:
                os.read(fd, 65536)  # and hears nothing
            except BlockingIOError:
                pass
    for name in names:
        print("%s: %d KiB" % (name, said[name] >> 10), flush=True)
    print("silent", flush=True)
    time.sleep(600)


main()
