#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A local user with bad manners: speaks D-Bus to fotad's control socket with no library in between.
#
#   stranger.py SOCKET KIND N SECONDS    KIND: see below; N connections
#
# Prints `there` when it has begun, and what came of it at the end.

import os, selectors, socket, struct, sys, time

MANAGER = ("/org/fotad1", "org.fotad1.Manager")


def align(data, n):
    return data + b"\0" * (-len(data) % n)


def text(value):
    value = value.encode()
    return struct.pack("<I", len(value)) + value + b"\0"


def message(path, interface, member, signature="", body=b"", announce=None):
    fields = b""
    for code, kind, value in ((1, "o", path), (2, "s", interface), (3, "s", member), (6, "s", "org.fotad1"),
                              (8, "g", signature)):
        if not value:
            continue
        fields = align(fields, 8) + bytes((code, 1)) + kind.encode() + b"\0"
        fields += bytes((len(value),)) + value.encode() + b"\0" if kind == "g" else text(value)
    size = len(body) if announce is None else announce
    return align(b"l\1\0\1" + struct.pack("<III", size, 1, len(fields)) + fields, 8) + body


def call(member, signature="", body=b""):
    return message(*MANAGER, member, signature, body)


PLAN = call("Plan", "t", struct.pack("<Q", 0))
EVENTS = call("GetEvents", "su", align(text(""), 4) + struct.pack("<I", 0))
OBJECTS = message("/org/fotad1", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
INTROSPECT = message("/org/fotad1/module/m0", "org.freedesktop.DBus.Introspectable", "Introspect")
POLICIES = message("/org/fotad1", "org.freedesktop.DBus.Properties", "GetAll", "s", text("org.fotad1.Manager"))
ECHO = message("/org/fotad1/" + "x" * 60000, "org.freedesktop.DBus.Properties", "GetAll", "s", text(""))
AHEAD = message("/org/fotad1/module/m0", "org.fotad1.Module", "ExplainAt", "st",
                align(text("install"), 8) + struct.pack("<Q", int((time.time() + 390 * 86400) * 1e6)))


def connect(path):
    """May be turned away at once."""
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    s.setblocking(False)
    send(s, b"\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n")
    return s


def is_open(s):
    try:
        while s.recv(1 << 20):
            pass
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def send(s, data):
    """All that goes; False when the other side is gone."""
    try:
        while data:
            data = data[s.send(data):]
    except BlockingIOError:
        pass
    except OSError:
        return False
    return True


def idle(path, n, end):
    """Comes, and says nothing more."""
    peers = [connect(path) for _ in range(n)]
    time.sleep(0.5)
    print("%d of %d are served" % (sum(map(is_open, peers)), n), flush=True)
    time.sleep(max(0, end - time.monotonic()))


def ask(path, n, end):
    """Asks for the most costly things, again as soon as it is answered."""
    selector, asked, answered = selectors.DefaultSelector(), 0, 0
    for _ in range(n):
        selector.register(connect(path), selectors.EVENT_READ)
    questions = (PLAN, EVENTS, OBJECTS, AHEAD)
    for key in selector.get_map().values():
        send(key.fileobj, questions[asked % 4] * 4)
        asked += 1
    while time.monotonic() < end and selector.get_map():
        for key, _ in selector.select(1):
            try:
                got = key.fileobj.recv(1 << 20)
            except BlockingIOError:
                continue
            except OSError:
                got = b""
            if not got:
                selector.unregister(key.fileobj)
                continue
            answered += len(got)
            asked += 1
            send(key.fileobj, questions[asked % 4])
    print("answered with %d bytes, %d connections are left" % (answered, len(selector.get_map())))


def hoard(path, n, end):
    """Asks for large answers and reads none."""
    peers = [connect(path) for _ in range(n)]
    while time.monotonic() < end and peers:
        for question in (EVENTS, OBJECTS, INTROSPECT):
            peers = [s for s in peers if send(s, question * 8)]
        time.sleep(0.01)
    print("%d connections are left" % len(peers))


def pile(path, n, end):
    """Asks as often as answers may be left unread, for what is middling or repeats what was asked."""
    peers = [(connect(path), [POLICIES, ECHO] * (500 // n)) for _ in range(n)]
    for s, questions in peers:
        s.settimeout(max(0.1, end - time.monotonic()))
        try:
            s.sendall(b"".join(questions))
        except OSError:
            print("a connection is not read any more, or was closed")
    time.sleep(max(0, end - time.monotonic()))


def watch(path, n, end):
    """Wants to be told of everything, and reads nothing."""
    peers = [connect(path) for _ in range(n)]
    for s in peers:
        send(s, call("Subscribe"))
    time.sleep(max(0, end - time.monotonic()))


def huge(path, n, end):
    """Messages of 100 MB, none of which ends."""
    peers, begin, junk, gone = [], message(*MANAGER, "Inhibit", "ay", announce=100 << 20), b"\0" * (1 << 16), 0
    for _ in range(n):
        s = connect(path)
        peers.append(s)
        send(s, begin)
    sent = 0
    while time.monotonic() < end and peers:
        for s in peers[:]:
            try:
                sent += s.send(junk)
            except BlockingIOError:
                continue
            except OSError:
                peers.remove(s)
                gone += 1
    print("sent %d MB, %d connections were closed" % (sent >> 20, gone))


def storm(path, n, end):
    """Connects and goes, as fast as it can, as n processes."""
    for _ in range(n - 1):
        if os.fork() == 0:
            n = 0
            break
    count = 0
    while time.monotonic() < end:
        s = socket.socket(socket.AF_UNIX)
        s.setblocking(False)
        try:
            s.connect(path)
            count += 1
        except BlockingIOError:
            pass
        s.close()
    if n:
        print("one of %d connected %d times" % (n, count))


def main():
    path, kind, n, seconds = sys.argv[1:]
    print("there", flush=True)
    globals()[kind](path, int(n), time.monotonic() + float(seconds))


main()
