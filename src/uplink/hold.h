/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Holding reports back after failures: exponential backoff with jitter, 1 s to 15 min. Embedded;
 * all zero is "not held". */

#include "base/time.h"

typedef struct Hold {
        unsigned failures; /* in a row, 0: not held */
        usec_t next;       /* boottime of the next try */
        usec_t away_until; /* realtime: what was created before had to wait */
} Hold;

/* One more failure. `random` is the state of a generator; 0 is seeded with `now`. */
void hold_extend(Hold *hold, const Clock *now, uint64_t *random);
void hold_release(Hold *hold, const Clock *now);
/* The next try may be made at once, and the delays start from the shortest again. */
void hold_expire(Hold *hold);
bool hold_allows(const Hold *hold, const Clock *now);
/* Did a report of that (real) time have to wait? */
bool hold_delayed(const Hold *hold, usec_t created);
