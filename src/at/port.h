/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One serial port: opened raw, exclusive and non-blocking. Two backends behind this interface:
 * libserialport for every tty that the kernel lists in /sys/class/tty, plain termios for
 * pseudo-terminals (libserialport refuses those). */

#include <sys/types.h>

#include "base/macro.h"

typedef struct PortSettings {
        unsigned baud_rate; /* bits per second */
        bool rts_cts;       /* hardware flow control */
} PortSettings;

typedef struct Port Port;

/* Opens `path` (a symlink is followed): 8N1, raw, CLOCAL, flock(LOCK_EX) and, but for
 * pseudo-terminals, TIOCEXCL and a lock file in /run/lock when that is writable; input that waited
 * is flushed. -ENOENT/-ENODEV: not there; -EBUSY: held by somebody (ask port_holder()), -EACCES,
 * -ENOTTY: no tty, -EINVAL: a baud rate that the port refuses. */
_must_use_ int port_open(const char *path, const PortSettings *settings, Port **ret);
Port *port_free(Port *port);
DEFINE_CLEANUP(Port *, port_free)

int port_fd(const Port *port);
/* Bytes read; 0: nothing there now; -ENODEV: the port is gone (hang-up, end of file, EIO). */
_must_use_ ssize_t port_read(Port *port, char *buffer, size_t size);
/* Bytes that the kernel took, 0 when its buffer is full; never blocks. -ENODEV: gone. */
_must_use_ ssize_t port_write(Port *port, const char *bytes, size_t n);
/* The level of the line DCD: 1, 0; -EOPNOTSUPP: the port has no lines, -ENODEV: it is gone. Asks
 * the driver, and that of a USB adapter asks the adapter: milliseconds, seconds when it hangs. */
_must_use_ int port_dcd(Port *port);

/* Names who holds the port that `path` leads to, e.g. "ModemManager (pid 812)", from /proc/locks,
 * the lock file and, as far as /proc lets us look, open descriptors. false when it can't be known.
 * Leaves out this process. */
bool port_holder(const char *path, char *ret, size_t size);
