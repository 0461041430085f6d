/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Plays a transcript back on a pseudo-terminal. */

#include "base/macro.h"

typedef struct ReplayOptions {
        const char *transcript; /* "-" is stdin */
        const char *link;       /* where the port shall be */
        const char *name;       /* for stderr */
        const char *log;        /* file of the dialogue; NULL: none */
        double speed;
        bool verbose;
} ReplayOptions;

/* Until something is to be read from `signals`; returns the exit status. */
int replay_run(const ReplayOptions *options, int signals);
