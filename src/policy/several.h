/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What one module must know of the others on its gateway. */

#include <fotad/vocabulary.h>

#include "base/time.h"

#define POLICY_NAME_MAX 32

/* gateway.soak: what other modules of the same family did. Their names are "" when none did. */
typedef struct Soak {
        usec_t span;                    /* 0: nobody waits for another */
        char installs[POLICY_NAME_MAX]; /* now */
        char failed[POLICY_NAME_MAX];   /* last, and this module has not succeeded since */
        Reason reason;
        usec_t failed_at;                /* realtime */
        uint64_t failed_row;             /* of the journal: only a consent from there on counts */
        char succeeded[POLICY_NAME_MAX]; /* less than `span` ago */
        usec_t until;                    /* realtime at which that is over */
} Soak;

/* gateway.uplink_module and other_path, as this module is concerned. */
#define INTERFACE_NAME_MAX 16
typedef struct UplinkPath {
        bool mine;                   /* it carries the uplink */
        char first[POLICY_NAME_MAX]; /* who goes before it, "" nobody */
        bool first_installs;         /* already ... */
        bool first_loads;            /* ... or it still loads its package */
        usec_t first_until; /* realtime at which that may be over, USEC_INFINITY: an event only */
        char interface[INTERFACE_NAME_MAX]; /* of the other path, "" there is none */
        usec_t proven_until; /* realtime until which the last report through it counts; 0: none did
                              */
        char problem[96];    /* why the last one did not arrive, "" */
        usec_t retry;        /* realtime of the next try, 0 none */
} UplinkPath;
