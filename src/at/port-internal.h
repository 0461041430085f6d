/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the files of a port share: its backends and its locks. Nothing else includes this. */

#include "at/port.h"

#define PORT_PATH_MAX 512

typedef struct PortBackend PortBackend;

struct Port {
        const PortBackend *backend;
        int lock_fd;  /* holds the flock */
        int fd;       /* reads and writes; with a pseudo-terminal it is lock_fd itself */
        void *handle; /* the backend's */
        bool rts_cts;
        char lock_file[PORT_PATH_MAX]; /* "" when there is none */
};

struct PortBackend {
        /* The port is locked by then; sets fd (and handle) and makes it 8N1 and raw. */
        int (*open)(Port *port, const char *device, const PortSettings *settings);
        /* Closes what open() opened; may be called after it failed. */
        void (*close)(Port *port);
        /* The level of DCD: 1, 0 or a negative errno. NULL: such ports have no lines. */
        int (*dcd)(Port *port);
        bool exclusive; /* take TIOCEXCL as well */
};

extern const PortBackend port_backend_serial; /* port-serial.c */
extern const PortBackend port_backend_pty;    /* port-pty.c */

/* lock files, port-lock.c */

#define PORT_LOCK_FOLDER "/run/lock"

/* Makes LCK..NAME for a device. -EBUSY: a living process has it. 0 with an empty `ret_path` when
 * the folder does not let us, or something stands there that is no lock; -EBUSY is the only error.
 * A regular file is one when root, our user or who may open `device` owns it. */
_must_use_ int port_lock_file_take(const char *folder, const char *device,
                                   char ret_path[static PORT_PATH_MAX]);
void port_lock_file_drop(const char *path);
/* The living process that a lock file names, 0 for none. A file that a killed fotad left behind
 * names none, nor does one that is no lock. */
pid_t port_lock_file_pid(const char *folder, const char *device);
/* Name of a process; false when there is none such. */
bool process_name(pid_t pid, char *ret, size_t size);
