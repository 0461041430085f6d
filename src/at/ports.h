/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* All ports of the daemon in one nested level-triggered epoll that is a single sd-event source (one
 * source a port is quadratic in a storm), and the watching of their device nodes: a port that is
 * missing is waited for with inotify on the directories of its path (symlinks of udev and of
 * pseudo-terminals alike), one that is lost is opened again when it returns, one that is held by
 * another process is tried again at rising intervals. No wake-ups while nothing happens. */

#include <systemd/sd-event.h>

#include "at/port.h"

#define PORTS_READ_MAX 4096                /* bytes read from a port a turn */
#define PORTS_WINDOW (250 * USEC_PER_MSEC) /* in which no more is read from a port than ... */
#define PORTS_WINDOW_BYTES (64 * 1024)     /* ... this: two million baud */
#define PORTS_OUT_MAX 8192 /* bytes waiting to be written to a port; more is -ENOBUFS */
#define PORTS_MAX 4096     /* indexes are below */

/* Called from the loop only, never from within a function below; they may call each of those but
 * ports_free(). */
typedef struct PortsHandlers {
        void (*on_open)(void *userdata, size_t index);
        void (*on_bytes)(void *userdata, size_t index, const char *bytes, size_t n);
        void (*on_lost)(void *userdata, size_t index); /* once after each on_open */
        /* The device is there but can't be had; told once per change of `why`. `holder` is NULL
         * when unknown. error: -EBUSY, -EACCES, -ENOTTY, -EINVAL, or what else the system said
         * (-EMFILE) */
        void (*on_refused)(void *userdata, size_t index, int error, const char *holder);
} PortsHandlers;

typedef struct Ports Ports;

_must_use_ int ports_new(sd_event *event, const PortsHandlers *handlers, void *userdata,
                         Ports **ret);
/* Closes all; on_lost is not called. */
Ports *ports_free(Ports *ports);
DEFINE_CLEANUP(Ports *, ports_free)

/* `path` is copied. Tries to open at once from the loop (not within this call). -EEXIST, -EINVAL,
 * -ENOMEM. */
_must_use_ int ports_add(Ports *ports, size_t index, const char *path,
                         const PortSettings *settings);
/* Closes; on_lost is not called for it any more. */
void ports_remove(Ports *ports, size_t index);
/* All or nothing: -ENOBUFS when it does not fit, -ENODEV when the port is not open (or just found
 * gone, on_lost follows). */
_must_use_ int ports_write(Ports *ports, size_t index, const char *bytes, size_t n);
/* port_dcd(), and -ENODEV when the port is not open. Closes nothing, whatever it finds. */
_must_use_ int ports_dcd(Ports *ports, size_t index);
/* Closes and opens again from the loop: on_lost, on_open (a person asked, or the module's settings
 * changed). */
void ports_reopen(Ports *ports, size_t index);
