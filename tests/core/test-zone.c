/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The table of UTC offsets that policy gets: of a whole year ahead, as far as moments are foretold,
 * and to the second. */

#include <assert.h>
#include <stdlib.h>

#include "core/turn.h"
#include "test.h"

static usec_t at(const char *text) {
        usec_t t = 0;

        assert(iso_parse(text, &t) == 0);
        return t;
}

static ZoneOffsets zone_in(const char *name, const char *now) {
        ZoneOffsets zone = {};
        usec_t until;

        (void) setenv("TZ", name, 1);
        zone_compute(&zone, at(now), &until);
        return zone;
}

TEST(zone_reaches_as_far_as_a_forecast) {
        ZoneOffsets zone = zone_in("Europe/Paris", "2026-11-27T12:00:00Z");

        CHECK_INT(zone.n, 3);
        CHECK_INT(zone.entries[0].offset_sec, 3600);
        CHECK_INT(zone.entries[1].from, at("2027-03-28T01:00:00Z"));
        CHECK_INT(zone.entries[1].offset_sec, 7200);
        CHECK_INT(zone.entries[2].from, at("2027-10-31T01:00:00Z"));
        CHECK_INT(zone.entries[2].offset_sec, 3600);
}

/* Morocco leaves its offset for the month of Ramadan only. */
TEST(zone_sees_changes_a_month_apart) {
        ZoneOffsets zone = zone_in("Africa/Casablanca", "2026-11-27T12:00:00Z");

        CHECK_INT(zone.n, 3);
        CHECK(zone.entries[2].from - zone.entries[1].from < 40 * USEC_PER_DAY);
}

TEST(zone_without_changes_is_one_entry) {
        CHECK_INT(zone_in("UTC", "2026-11-27T12:00:00Z").n, 1);
}

TEST_MAIN()
