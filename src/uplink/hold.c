/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Backoff after failures.
 *
 * Owns nothing. The generator behind the jitter is seeded by the moment of the first failure:
 * gateways that lost one server together do not come back together, and a simulated clock gives the
 * same run again. The delay is drawn from the upper half of its range: it grows, and never falls
 * below a second. */

#include "uplink/hold.h"

#define DELAY_MIN USEC_PER_SEC
#define DELAY_MAX (15 * USEC_PER_MINUTE)

/* splitmix64 */
static uint64_t random_next(uint64_t *random) {
        uint64_t z = *random += UINT64_C(0x9e3779b97f4a7c15);

        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        return z ^ (z >> 31);
}

/* 1..2 s, 2..4 s, 4..8 s, ..., 7.5..15 min */
void hold_extend(Hold *hold, const Clock *now, uint64_t *random) {
        usec_t longest = DELAY_MIN;

        if (*random == 0)
                *random = now->realtime ^ (now->boottime << 32 | now->boottime >> 32);
        hold->failures++;
        for (unsigned i = 0; i < hold->failures && longest < DELAY_MAX; i++)
                longest *= 2;
        longest = MIN_OF(longest, DELAY_MAX);
        hold->next = usec_add(now->boottime, longest / 2 + random_next(random) % (longest / 2));
        hold->away_until = now->realtime;
}

void hold_release(Hold *hold, const Clock *now) {
        if (hold->failures > 0)
                hold->away_until = now->realtime;
        hold->failures = 0;
        hold->next = 0;
}

void hold_expire(Hold *hold) {
        hold->failures = MIN_OF(hold->failures, 1U);
        hold->next = 0;
}

bool hold_allows(const Hold *hold, const Clock *now) {
        return hold->failures == 0 || now->boottime >= hold->next;
}

bool hold_delayed(const Hold *hold, usec_t created) {
        return hold->failures > 0 || created <= hold->away_until;
}
