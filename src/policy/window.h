/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Arithmetic on sets of windows. Only the wall time decides: an hour that a clock change skips does
 * not exist, one that it repeats is open twice. Windows that overlap or touch count as one. */

#include "policy/policy.h"

/* A set of windows in a time zone; borrows both. No windows at all: always open. With a jitter they
 * open later for one module than for everybody: see policy.h. */
typedef struct WindowSet {
        const Window *windows;
        size_t n;
        const ZoneOffsets *zone;
        usec_t jitter;  /* 0: as they are written */
        uint32_t share; /* jitter_share_of() */
        usec_t fits;    /* so much of an opening is left by the jitter */
} WindowSet;
/* Those of what is asked for. */
WindowSet question_windows(const Question *question);

bool window_set_is_open(const WindowSet *set, usec_t realtime);
/* The first moment after `realtime` at which open and closed change places; USEC_INFINITY: never.
 */
usec_t window_set_next_change(const WindowSet *set, usec_t realtime);
/* When the opening around `realtime` began for everybody; at most a jitter before that, of older
 * ones. */
usec_t window_set_start(const WindowSet *set, usec_t realtime);
/* The first moment from `realtime` on (it included) at which the set is open and stays so for at
 * least `fits`; USEC_INFINITY: never. `ret_last` (may be NULL) gets the last such moment of the
 * same opening. */
usec_t window_set_next_fit(const WindowSet *set, usec_t realtime, usec_t fits, usec_t *ret_last);
