/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The table of UTC offsets that policy gets: policy is pure and knows no time zone database.
 * Transitions are found by stepping over the days ahead and bisecting to the second where the
 * offset differs. */

#include "core/turn.h"

#define BEFORE (2 * USEC_PER_DAY)
#define NEAR (40 * USEC_PER_DAY)
/* As far as anything is foretold. */
#define AHEAD (FORECAST_SPAN + 20 * USEC_PER_DAY)
#define RENEW (10 * USEC_PER_DAY)
#define STEP_NEAR (6 * USEC_PER_HOUR)
#define STEP_FAR (2 * USEC_PER_DAY)

static usec_t transition_between(usec_t low, usec_t high) {
        const int offset = utc_offset_at(low);

        while (high - low > USEC_PER_SEC) {
                const usec_t middle = low + (high - low) / 2;
                if (utc_offset_at(middle) == offset)
                        low = middle;
                else
                        high = middle;
        }
        return high / USEC_PER_SEC * USEC_PER_SEC;
}

static void zone_add(ZoneOffsets *zone, usec_t from, int offset_sec) {
        zone->entries[zone->n].from = from;
        zone->entries[zone->n].offset_sec = offset_sec;
        zone->n++;
}

void zone_compute(ZoneOffsets *zone, usec_t realtime, usec_t *ret_until) {
        const usec_t start = usec_sub(realtime, BEFORE);
        int offset = utc_offset_at(start);

        zone->n = 0;
        zone_add(zone, start, offset);
        for (usec_t at = start, step; at < realtime + AHEAD && zone->n < POLICY_OFFSETS_MAX;
             at += step) {
                step = at < realtime + NEAR ? STEP_NEAR : STEP_FAR;
                const int next = utc_offset_at(at + step);
                if (next == offset)
                        continue;
                zone_add(zone, transition_between(at, at + step), next);
                offset = next;
        }
        *ret_until = realtime + RENEW;
}
