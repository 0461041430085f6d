/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Points in time as people write them. */

#include <assert.h>
#include <stdlib.h>

#include "base/moment.h"
#include "test.h"

static usec_t at(const char *text) {
        usec_t t = 0;

        assert(iso_parse(text, &t) == 0);
        return t;
}

/* On a Friday noon in Paris. */
#define NOW "2026-11-27T12:00:00+01:00"

static void check(const char *text, MomentSide side, const char *expected) {
        usec_t t = 0;

        (void) setenv("TZ", "Europe/Paris", 1);
        CHECK_INT(moment_parse(text, at(NOW), side, &t), 0);
        if (t != at(expected))
                (void) printf("# %s\n", text);
        CHECK_INT(t, at(expected));
}

TEST(moments_ahead) {
        check("now", MOMENT_AHEAD, NOW);
        check("+3h", MOMENT_AHEAD, "2026-11-27T15:00:00+01:00");
        check("+1h 30min", MOMENT_AHEAD, "2026-11-27T13:30:00+01:00");
        check("today", MOMENT_AHEAD, "2026-11-27T00:00:00+01:00");
        check("tomorrow", MOMENT_AHEAD, "2026-11-28T00:00:00+01:00");
        check("tomorrow 02:30", MOMENT_AHEAD, "2026-11-28T02:30:00+01:00");
        check("Sat", MOMENT_AHEAD, "2026-11-28T00:00:00+01:00");
        check("saturday 2:30", MOMENT_AHEAD, "2026-11-28T02:30:00+01:00");
        check("Fri 13:00", MOMENT_AHEAD, "2026-11-27T13:00:00+01:00");
        check("Fri 11:00", MOMENT_AHEAD, "2026-12-04T11:00:00+01:00");
        check("Thu", MOMENT_AHEAD, "2026-12-03T00:00:00+01:00");
        check("02:30", MOMENT_AHEAD, "2026-11-28T02:30:00+01:00");
        check("12:00", MOMENT_AHEAD, NOW);
        check("23:59:59", MOMENT_AHEAD, "2026-11-27T23:59:59+01:00");
}

TEST(moments_back) {
        check("-2d", MOMENT_BACK, "2026-11-25T12:00:00+01:00");
        check("2d ago", MOMENT_BACK, "2026-11-25T12:00:00+01:00");
        check("yesterday 08:00", MOMENT_BACK, "2026-11-26T08:00:00+01:00");
        check("02:30", MOMENT_BACK, "2026-11-27T02:30:00+01:00");
        check("13:00", MOMENT_BACK, "2026-11-26T13:00:00+01:00");
        check("Sat", MOMENT_BACK, "2026-11-21T00:00:00+01:00");
        check("Fri", MOMENT_BACK, "2026-11-27T00:00:00+01:00");
        check("Fri 13:00", MOMENT_BACK, "2026-11-20T13:00:00+01:00");
}

TEST(moments_with_a_date_are_that_date) {
        check("2026-11-28", MOMENT_AHEAD, "2026-11-28T00:00:00+01:00");
        check("2026-07-01 02:30", MOMENT_AHEAD, "2026-07-01T02:30:00+02:00"); /* summer */
        check("2026-11-28T02:30", MOMENT_AHEAD, "2026-11-28T02:30:00+01:00");
        check("2026-11-28T02:30:15", MOMENT_BACK, "2026-11-28T02:30:15+01:00");
        check("2026-11-28T02:30:00Z", MOMENT_AHEAD, "2026-11-28T03:30:00+01:00");
        check("2026-11-28T02:30:00-05:00", MOMENT_AHEAD, "2026-11-28T08:30:00+01:00");
}

TEST(moments_that_are_none) {
        static const char *const texts[] = {
                "",           "soon",         "Sat 25:00",    "Sat 02:60",   "2026-13-01",
                "2026-02-30", "2026-11-28 2", "2026-11-28 a", "02:30 Sat",   "+",
                "+3 parsecs", "tomorrow-ish", "Sa",           "Sat  02:30",  "1969-12-31",
                "-9999999d",  "02:30:15:20",  "T02:30",       "2026-11-28T", "ago",
                " ago",       "+infinity",    "99999-01-01",  "12:3",        "2026-11-28T02:30:00+",
        };
        usec_t t = 42;

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                if (moment_parse(texts[i], at(NOW), MOMENT_AHEAD, &t) >= 0)
                        (void) printf("# '%s' was taken\n", texts[i]);
                CHECK(moment_parse(texts[i], at(NOW), MOMENT_AHEAD, &t) < 0);
                CHECK_INT(t, 42);
        }
}

TEST(moments_over_a_change_of_the_clocks) {
        usec_t t = 0;

        (void) setenv("TZ", "Europe/Paris", 1);
        /* tomorrow is a day of 23 hours, and 02:30 does not exist in it */
        CHECK_INT(moment_parse("tomorrow 12:00", at("2027-03-27T12:00:00+01:00"), MOMENT_AHEAD, &t),
                  0);
        CHECK_INT(t, at("2027-03-28T12:00:00+02:00"));
        CHECK_INT(moment_parse("tomorrow 02:30", at("2027-03-27T12:00:00+01:00"), MOMENT_AHEAD, &t),
                  0);
        CHECK(t >= at("2027-03-28T01:30:00+01:00") && t <= at("2027-03-28T03:30:00+02:00"));
}

TEST_MAIN()
