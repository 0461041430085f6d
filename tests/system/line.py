#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A bad serial line between fotad and a simulated module.
#
#   line.py PORT MODULE FAULT    PORT is what fotad opens, MODULE the port of the module
#
# PORT is there while MODULE is. When the file FAULT is there, the next line of the module is passed
# on as the word in it says, and the file becomes FAULT.struck, with that line.

import os, pty, select, sys, time, tty

JUNK = b"\0\0\xff\r\n[00012] dbg: stack 0x20001f38\r\n\0"


def lines(line):
    """What comes of a line, piece by piece."""
    middle = len(line) // 2
    flipped = bytes([line[middle] ^ 4])
    return {
        "line-loses": [],
        "line-doubles": [line, line],
        "line-junk": [JUNK, line],
        "line-splits": [line[:middle], line[middle:]],
        "line-corrupts": [line[:middle] + flipped + line[middle + 1:]],
    }


def take_fault(path):
    try:
        with open(path) as file:
            return file.read().strip()
    except FileNotFoundError:
        return ""


def pass_on(said, to, fault):
    """What is left: the part of a line that a fault waits for."""
    word = take_fault(fault)
    if not word:
        os.write(to, said)
        return b""
    start = len(said) - len(said.lstrip(b"\r\n"))
    end = said.find(b"\n", start)
    if end < 0:
        return said
    for piece in lines(said[:end + 1])[word]:
        os.write(to, piece)
        time.sleep(0.05)
    with open(fault + ".struck", "wb") as file:
        file.write(said[start:end])
    os.unlink(fault)
    os.write(to, said[end + 1:])
    return b""


def carry(module, to, fault):
    waits = b""
    while True:
        for fd in select.select([module, to], [], [])[0]:
            try:
                said = os.read(fd, 4096)
            except OSError:
                said = b""
            if not said:
                return  # the module is gone
            if fd == to:
                os.write(module, said)
            else:
                waits = pass_on(waits + said, to, fault)


def main():
    port, path, fault = sys.argv[1:]
    while True:
        try:
            module = os.open(path, os.O_RDWR | os.O_NOCTTY)
            tty.setraw(module)
        except OSError:
            time.sleep(0.02)
            continue
        ours, theirs = pty.openpty()  # theirs stays open: the device is there
        tty.setraw(theirs)
        os.symlink(os.ttyname(theirs), port)
        try:
            carry(module, ours, fault)
        except OSError:
            pass
        os.unlink(port)
        for fd in (module, ours, theirs):
            os.close(fd)


main()
