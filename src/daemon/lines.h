/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The modem line DCD as a sign of life: while a Telit module flashes it says nothing, but its DCD
 * is alternately high and low, with a period of about a second (Telit Premium FOTA note, 2.1.2).
 * Looks at the lines of the modules that want it, and wakes nobody while none does. */

#include <systemd/sd-event.h>

#include "base/time.h"

/* Between two looks. No part and no multiple of the period: each look meets another moment of it,
 * so that both levels are seen within a few. */
#define LINES_INTERVAL (700 * USEC_PER_MSEC)

typedef struct LinesHost {
        usec_t interval; /* LINES_INTERVAL, except for those who have no time */
        bool (*watched)(void *userdata, size_t index);
        /* the level: 1, 0; -EOPNOTSUPP or -ENODEV: not asked again until the port was opened */
        int (*read)(void *userdata, size_t index);
        void (*toggled)(void *userdata, size_t index); /* called from the loop only */
} LinesHost;

typedef struct Lines Lines;

_must_use_ int lines_new(sd_event *event, const LinesHost *host, void *userdata, Lines **ret);
Lines *lines_free(Lines *lines);
DEFINE_CLEANUP(Lines *, lines_free)

/* To be called after each turn: what is watched may have changed. */
_must_use_ int lines_arm(Lines *lines);
void lines_port_opened(Lines *lines, size_t index);
