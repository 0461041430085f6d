/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Windows: their spelling, and their arithmetic over midnight, weeks and changes of the clock. The
 * last tests compare every answer with a walk minute by minute, which knows nothing but "is it open
 * at this minute". */

#include <assert.h>

#include "base/text.h"
#include "policy/window.h"
#include "test.h"

static usec_t at(const char *text) {
        usec_t t = 0;

        assert(iso_parse(text, &t) == 0);
        return t;
}

/* Europe/Paris in 2026 */
static ZoneOffsets paris(void) {
        return (ZoneOffsets) {
                .n = 3,
                .entries = { { 0, 3600 },
                             { at("2026-03-29T01:00:00Z"), 7200 },
                             { at("2026-10-25T01:00:00Z"), 3600 } },
        };
}

static Window window(const char *text) {
        Window w = {};

        assert(window_parse(text, &w) == 0);
        return w;
}

static void check_spelling(const char *from, const char *to) {
        char text[WINDOW_TEXT_MAX];
        Window w = {}, again = {};

        CHECK_INT(window_parse(from, &w), 0);
        CHECK_STR(window_format(text, &w), to);
        CHECK_INT(window_parse(text, &again), 0);
        CHECK(w.weekdays == again.weekdays && w.start_min == again.start_min &&
              w.end_min == again.end_min);
}

TEST(window_spellings_are_read_and_written_back) {
        check_spelling("Mon..Fri 01:00-05:00", "Mon..Fri 01:00-05:00");
        check_spelling("Sat,Sun 22:00-04:00", "Sat,Sun 22:00-04:00");
        check_spelling("03:00-04:00", "03:00-04:00");
        check_spelling("Mon..Sun 3:00-24:00", "03:00-24:00");
        check_spelling("  saturday,SUN   2:00-04:00 ", "Sat,Sun 02:00-04:00");
        check_spelling("Fri..Mon 00:00-00:00", "Mon,Fri..Sun 00:00-00:00");
        check_spelling("Mon,Wed,Fri,Sun 01:00-05:00", "Mon,Wed,Fri,Sun 01:00-05:00");
}

TEST(window_nonsense_is_refused) {
        static const char *const bad[] = {
                "",
                " ",
                "Mon",
                "Mon..Fri",
                "01:00",
                "01:00-",
                "01:00-25:00",
                "24:00-01:00",
                "01:60-02:00",
                "1-2",
                "Mon01:00-02:00",
                "Mo 01:00-02:00",
                "Mon.Fri 01:00-02:00",
                "Mon.. 01:00-02:00",
                "Mon, 01:00-02:00",
                ",Mon 01:00-02:00",
                "01:00-02:00 x",
                "001:00-02:00",
                "01:0-02:00",
                "01:00-24:01",
                "Mon-Fri 01:00-02:00",
        };

        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                Window w = { .weekdays = 9 };

                CHECK_INT(window_parse(bad[i], &w), -EINVAL);
                CHECK_INT(w.weekdays, 9);
        }
}

TEST(zone_first_entry_holds_before_it_too) {
        ZoneOffsets zone = paris(), none = {};

        zone.entries[0].from = at("2026-01-01T00:00:00Z");
        CHECK_INT(zone_offset_at(&zone, 0), 3600);
        CHECK_INT(zone_offset_at(&zone, at("2026-03-29T00:59:59Z")), 3600);
        CHECK_INT(zone_offset_at(&zone, at("2026-03-29T01:00:00Z")), 7200);
        CHECK_INT(zone_offset_at(&none, 1), 0);
}

TEST(window_is_half_open) {
        ZoneOffsets utc = {};
        Window w = window("Sat 02:00-04:00");
        WindowSet set = { .windows = &w, .n = 1, .zone = &utc };

        CHECK(!window_set_is_open(&set, at("2026-11-28T01:59:59Z")));
        CHECK(window_set_is_open(&set, at("2026-11-28T02:00:00Z")));
        CHECK(window_set_is_open(&set, at("2026-11-28T03:59:59.999999Z")));
        CHECK(!window_set_is_open(&set, at("2026-11-28T04:00:00Z")));
        CHECK_INT(window_set_next_change(&set, at("2026-11-28T04:00:00Z")),
                  at("2026-12-05T02:00:00Z"));
}

TEST(window_over_midnight_belongs_to_the_day_it_starts) {
        ZoneOffsets utc = {};
        Window w = window("Sun 22:00-04:00");
        WindowSet set = { .windows = &w, .n = 1, .zone = &utc };

        CHECK(!window_set_is_open(&set, at("2026-11-29T03:00:00Z"))); /* Sunday morning is
                                                                         Saturday's */
        CHECK(window_set_is_open(&set, at("2026-11-29T23:00:00Z")));
        CHECK(window_set_is_open(&set, at("2026-11-30T03:59:00Z"))); /* Monday */
        CHECK_INT(window_set_next_change(&set, at("2026-11-29T23:00:00Z")),
                  at("2026-11-30T04:00:00Z"));
}

TEST(window_of_equal_ends_is_a_whole_day) {
        ZoneOffsets utc = {};
        Window w = window("Sat 03:00-03:00"), all = window("00:00-24:00");
        WindowSet set = { .windows = &w, .n = 1, .zone = &utc },
                  always = { .windows = &all, .n = 1, .zone = &utc };

        CHECK_INT(window_set_next_change(&set, at("2026-11-28T03:00:00Z")),
                  at("2026-11-29T03:00:00Z"));
        CHECK(window_set_next_change(&always, at("2026-11-28T03:00:00Z")) == USEC_INFINITY);
        CHECK(window_set_is_open(&always, 0));
}

TEST(window_neighbours_count_as_one) {
        ZoneOffsets utc = {};
        Window w[] = { window("Sat 22:00-24:00"), window("Sun 00:00-02:00"),
                       window("Sun 01:00-03:00") };
        WindowSet set = { .windows = w, .n = ELEMENTSOF(w), .zone = &utc };
        usec_t last = 0, from = at("2026-11-28T22:00:00Z");

        CHECK_INT(window_set_next_change(&set, from), at("2026-11-29T03:00:00Z"));
        CHECK_INT(window_set_next_fit(&set, from, 5 * USEC_PER_HOUR, &last), from);
        CHECK_INT(last, from);
        CHECK_INT(window_set_next_fit(&set, from + 1, 5 * USEC_PER_HOUR, NULL),
                  at("2026-12-05T22:00:00Z"));
}

TEST(window_in_the_skipped_hour_does_not_exist) {
        ZoneOffsets zone = paris();
        Window w = window("02:00-03:00"), wide = window("01:30-03:30");
        WindowSet set = { .windows = &w, .n = 1, .zone = &zone },
                  wide_set = { .windows = &wide, .n = 1, .zone = &zone };

        /* Sunday 2026-03-29: 02:00 local is 03:00 */
        CHECK_INT(window_set_next_change(&set, at("2026-03-28T03:30:00+01:00")),
                  at("2026-03-30T02:00:00+02:00"));
        CHECK_INT(window_set_next_change(&wide_set, at("2026-03-29T01:30:00+01:00")),
                  at("2026-03-29T03:30:00+02:00"));
        CHECK_INT(window_set_next_change(&wide_set, at("2026-03-29T01:30:00+01:00")) -
                          at("2026-03-29T01:30:00+01:00"),
                  USEC_PER_HOUR);
}

TEST(window_in_the_repeated_hour_is_open_twice) {
        ZoneOffsets zone = paris();
        Window w = window("02:00-02:30");
        WindowSet set = { .windows = &w, .n = 1, .zone = &zone };
        usec_t t = at("2026-10-25T01:00:00+02:00");

        t = window_set_next_change(&set, t);
        CHECK_INT(t, at("2026-10-25T02:00:00+02:00"));
        t = window_set_next_change(&set, t);
        CHECK_INT(t, at("2026-10-25T02:30:00+02:00"));
        t = window_set_next_change(&set, t);
        CHECK_INT(t, at("2026-10-25T02:00:00+01:00"));
        t = window_set_next_change(&set, t);
        CHECK_INT(t, at("2026-10-25T02:30:00+01:00"));
        t = window_set_next_change(&set, t);
        CHECK_INT(t, at("2026-10-26T02:00:00+01:00"));
}

TEST(window_that_only_fits_in_the_repeated_hour_is_found_months_ahead) {
        ZoneOffsets zone = paris();
        Window w = window("02:00-03:00");
        WindowSet set = { .windows = &w, .n = 1, .zone = &zone };
        usec_t last = 0, from = at("2026-05-01T00:00:00Z");

        CHECK_INT(window_set_next_fit(&set, from, 90 * USEC_PER_MINUTE, &last),
                  at("2026-10-25T02:00:00+02:00"));
        CHECK_INT(last, at("2026-10-25T02:30:00+02:00"));
        CHECK(window_set_next_fit(&set, from, 121 * USEC_PER_MINUTE, NULL) == USEC_INFINITY);
        CHECK(window_set_next_fit(&set, at("2026-11-01T00:00:00Z"), 90 * USEC_PER_MINUTE, NULL) ==
              USEC_INFINITY);
}

/* Every minute from `begin` for two weeks; the walk goes backwards, so that at each minute it knows
 * what comes. */
static void walk(const WindowSet *set, usec_t begin, usec_t fits) {
        usec_t end = begin + 14 * USEC_PER_DAY;
        usec_t change = window_set_next_change(set, end),
               fit = window_set_next_fit(set, end, fits, NULL);
        bool open = window_set_is_open(set, end);
        unsigned wrong = 0;

        for (usec_t t = end - USEC_PER_MINUTE; t >= begin; t -= USEC_PER_MINUTE) {
                bool open_here = window_set_is_open(set, t);

                if (open_here != open)
                        change = t + USEC_PER_MINUTE;
                open = open_here;
                if (open && usec_sub(change, t) >= fits)
                        fit = t;
                wrong += window_set_next_change(set, t) != change;
                wrong += window_set_next_fit(set, t, fits, NULL) != fit;
        }
        CHECK_INT(wrong, 0);
}

static uint32_t seed = 2463534242;
static unsigned dice(unsigned n) {
        seed ^= seed << 13, seed ^= seed >> 17, seed ^= seed << 5;
        return seed % n;
}

TEST(window_answers_equal_a_walk_minute_by_minute_over_both_clock_changes) {
        ZoneOffsets zone = paris();

        for (unsigned round = 0; round < 12; round++) {
                Window w[3];
                WindowSet set = { .windows = w, .n = 1 + dice(ELEMENTSOF(w)), .zone = &zone };

                for (size_t i = 0; i < ELEMENTSOF(w); i++)
                        w[i] = (Window) { .weekdays = (uint8_t) (1 + dice(127)),
                                          .start_min = (uint16_t) dice(1440),
                                          .end_min = (uint16_t) dice(1441) };
                /* half of them near the hour that is skipped or repeated */
                if (round % 2 == 0)
                        w[0] = (Window) { 0x7f, (uint16_t) (90 + dice(60)),
                                          (uint16_t) (150 + dice(60)) };
                walk(&set, at("2026-03-22T00:00:00Z"), dice(120) * USEC_PER_MINUTE);
                walk(&set, at("2026-10-18T00:00:00Z"), (1 + dice(240)) * USEC_PER_MINUTE);
        }
}

TEST_MAIN()
