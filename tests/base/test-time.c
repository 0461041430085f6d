/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Spans and stamps.
 *
 * Protects what the configuration may write and what the reports show: the exact texts of the
 * tunnel specification, and that no span or date is ever guessed. */

#include "base/time.h"

#include "test.h"

static usec_t span(const char *text) {
        usec_t usec = 4711;
        int r = span_parse(text, &usec);

        return r < 0 ? (usec_t) r : usec;
}

static usec_t iso(const char *text) {
        usec_t usec = 4711;
        int r = iso_parse(text, &usec);

        return r < 0 ? (usec_t) r : usec;
}

TEST(span_units_are_understood) {
        CHECK_INT(span("90"), 90 * USEC_PER_SEC);
        CHECK_INT(span("0"), 0);
        CHECK_INT(span("30min"), 30 * USEC_PER_MINUTE);
        CHECK_INT(span("5m"), 5 * USEC_PER_MINUTE);
        CHECK_INT(span("10 s"), 10 * USEC_PER_SEC);
        CHECK_INT(span("10sec"), 10 * USEC_PER_SEC);
        CHECK_INT(span("250ms"), 250 * USEC_PER_MSEC);
        CHECK_INT(span("7us"), 7);
        CHECK_INT(span("2hr"), 2 * USEC_PER_HOUR);
        CHECK_INT(span("14d"), 14 * USEC_PER_DAY);
        CHECK_INT(span("1w"), 7 * USEC_PER_DAY);
}

TEST(span_parts_add_up) {
        CHECK_INT(span("1h 30min"), 90 * USEC_PER_MINUTE);
        CHECK_INT(span("  1h30min 5 "), 90 * USEC_PER_MINUTE + 5 * USEC_PER_SEC);
        CHECK(span("infinity") == USEC_INFINITY);
}

TEST(span_nonsense_is_refused) {
        static const char *const bad[] = { "",         " ",    "-5",        "5x",
                                           "min",      "1.5h", "5 min foo", "infinity 1",
                                           "Infinity", "5M",   "1,5s",      "+5" };

        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                usec_t usec = 1;
                CHECK_INT(span_parse(bad[i], &usec), -EINVAL);
                CHECK_INT(usec, 1);
        }
        CHECK_INT(span("18446744073709551616us"), -ERANGE);
        CHECK_INT(span("18446744073709551615us"), -ERANGE);
        CHECK_INT(span("18446744073709551614us"), -2);
        CHECK_INT(span("99999999999w"), -ERANGE);
        CHECK_INT(span("18446744073709551000us 616us"), -ERANGE);
}

TEST(span_shows_two_units) {
        char text[SPAN_TEXT_MAX];

        CHECK_STR(span_format(text, 0), "0");
        CHECK_STR(span_format(text, USEC_INFINITY), "infinity");
        CHECK_STR(span_format(text, 45 * USEC_PER_SEC), "45s");
        CHECK_STR(span_format(text, 90 * USEC_PER_MINUTE + 7 * USEC_PER_SEC), "1h 30min");
        CHECK_STR(span_format(text, 14 * USEC_PER_DAY), "14d");
        CHECK_STR(span_format(text, 1500 * USEC_PER_MSEC), "1s 500ms");
        CHECK_STR(span_format(text, USEC_INFINITY - 1), "213503982d 8h");
}

TEST(span_arithmetic_never_wraps) {
        CHECK(usec_add(USEC_INFINITY, 1) == USEC_INFINITY);
        CHECK(usec_add(USEC_INFINITY - 1, 5) == USEC_INFINITY);
        CHECK_INT(usec_sub(3, 5), 0);
        CHECK(usec_sub(USEC_INFINITY, 5) == USEC_INFINITY);
}

TEST(iso_is_written_as_the_tunnel_specification_has_it) {
        char text[ISO_TEXT_MAX];

        CHECK_STR(iso_format(text, 1452514271333 * USEC_PER_MSEC, 7200),
                  "2016-01-11T14:11:11.333+02:00");
        CHECK_STR(iso_format(text, 1452514271000 * USEC_PER_MSEC + 999, 0),
                  "2016-01-11T12:11:11.000+00:00");
        CHECK_STR(iso_format(text, 1452514271333 * USEC_PER_MSEC, -12600),
                  "2016-01-11T08:41:11.333-03:30");
        CHECK_STR(iso_format(text, 0, -3600), "1969-12-31T23:00:00.000-01:00");
}

TEST(iso_is_read_leniently) {
        CHECK_INT(iso("2016-01-11T14:11:11.333+02:00"), 1452514271333 * USEC_PER_MSEC);
        CHECK_INT(iso("2016-01-11T14:11:11.333+0200"), 1452514271333 * USEC_PER_MSEC);
        CHECK_INT(iso("2016-01-11T12:11:11.333Z"), 1452514271333 * USEC_PER_MSEC);
        CHECK_INT(iso("2016-01-11T12:11:11"), 1452514271 * USEC_PER_SEC);
        CHECK_INT(iso("2016-01-11T08:41:11.123456789-03:30"), 1452514271 * USEC_PER_SEC + 123456);
        CHECK_INT(iso("2016-02-29T00:00:00Z"), 1456704000 * USEC_PER_SEC);
        CHECK_INT(iso("1970-01-01T00:00:00."), 0);
}

TEST(iso_nonsense_is_refused) {
        static const char *const bad[] = {
                "",
                "2016",
                "2016-01-11",
                "2016-13-11T14:11:11",
                "2015-02-29T00:00:00",
                "2016-01-11 14:11:11",
                "2016-01-11T24:00:00",
                "2016-01-11T14:60:00",
                "2016-01-11T14:11:11.1234567890Z",
                "2016-01-11T14:11:11+25:00",
                "2016-01-11T14:11:11Zx",
                "2016-01-11T14:11:11+2",
                "1969-12-31T23:59:59Z",
                "2016-1-11T14:11:11",
                "2016-01-11T14:11:11+02:00 ",
        };

        for (size_t i = 0; i < ELEMENTSOF(bad); i++)
                CHECK_INT(iso(bad[i]), -EINVAL);
}

TEST(local_offset_follows_TZ) {
        setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
        CHECK_INT(utc_offset_at(1452514271 * USEC_PER_SEC), 3600);
        CHECK_INT(utc_offset_at(1467000000 * USEC_PER_SEC), 7200);
        setenv("TZ", "UTC", 1);
        CHECK_INT(utc_offset_at(0), 0);
}

TEST(clocks_run) {
        Clock now = clock_now();

        CHECK(now.boottime > 0 && now.realtime > 1000 * USEC_PER_DAY);
}

TEST_MAIN()
