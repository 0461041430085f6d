/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A pseudo-terminal that behaves like a serial port: what is written while nobody has it open is
 * lost, and it starts raw, without echo. */

#include "base/macro.h"

typedef struct Pty {
        int master;     /* -EBADF: absent */
        char slave[64]; /* /dev/pts/3 */
        char *link;     /* the name that users open */
        bool open;      /* somebody has it open */
} Pty;

#define PTY_INIT \
        { .master = -EBADF }

/* borrows link; absent until pty_create() */
void pty_init(Pty *pty, char *link);
void pty_done(Pty *pty); /* takes the link away when it is still ours */

_must_use_ int pty_create(Pty *pty);
void pty_remove(Pty *pty);

/* Looks whether somebody came or went; to be called on POLLHUP, and every PTY_LOOK_USEC while
 * closed. */
#define PTY_LOOK_USEC 20000
void pty_look(Pty *pty);

/* What does not fit is lost, as on a line without flow control. */
void pty_write(Pty *pty, const char *bytes, size_t n);
/* Number of bytes, 0 when there is nothing to read. */
size_t pty_read(Pty *pty, char *bytes, size_t size);
