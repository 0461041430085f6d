/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Chance that is the same every time: splitmix64. Whatever is drawn for a thing comes from that
 * thing's own seed, so that leaving another thing out changes nothing for it. */

#include "base/time.h"

static inline uint64_t chance_mix(uint64_t z) {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
}

static inline uint64_t chance_next(uint64_t *state) {
        return chance_mix(*state += 0x9e3779b97f4a7c15U);
}

/* 0 .. limit - 1 */
static inline unsigned chance_below(uint64_t *state, unsigned limit) {
        return (unsigned) (chance_next(state) % limit);
}

static inline bool chance_percent(uint64_t *state, unsigned percent) {
        return chance_below(state, 100) < percent;
}

/* min .. max */
static inline usec_t chance_span(uint64_t *state, usec_t min, usec_t max) {
        return max > min ? min + chance_next(state) % (max - min + 1) : min;
}
