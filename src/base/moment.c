/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Points in time as people write them, in local time.
 *
 * Owns nothing. Words are those of English whatever the locale; mktime() knows the zone, and moves
 * an hour that a clock change skips to the one after it. */

#include "base/moment.h"

#include <strings.h>
#include <time.h>

#define YEAR_MAX 9999
#define MOMENT_TEXT_MAX 64

/* A day, and where in it; -1: not said. */
typedef struct Parts {
        int year, month, day; /* 0: relative to today */
        int days;             /* from today on */
        int weekday;          /* -1 none */
        int hour, minute, second;
        bool timed;
} Parts;

static int number_parse(const char **p, unsigned least, unsigned most, int *ret) {
        unsigned n = 0;
        int value = 0;

        for (; **p >= '0' && **p <= '9' && n < most; (*p)++, n++)
                value = value * 10 + (**p - '0');
        if (n < least)
                return -EINVAL;
        *ret = value;
        return 0;
}

static bool char_skip(const char **p, char c) {
        if (**p != c)
                return false;
        (*p)++;
        return true;
}

/* "02:30", "02:30:15" */
static int time_parse(const char *text, Parts *parts) {
        const char *p = text;

        if (number_parse(&p, 1, 2, &parts->hour) < 0 || !char_skip(&p, ':') ||
            number_parse(&p, 2, 2, &parts->minute) < 0)
                return -EINVAL;
        if (char_skip(&p, ':') && number_parse(&p, 2, 2, &parts->second) < 0)
                return -EINVAL;
        if (*p)
                return -EINVAL;
        parts->timed = true;
        return parts->hour > 23 || parts->minute > 59 || parts->second > 59 ? -ERANGE : 0;
}

static int date_parse(const char *text, Parts *parts) {
        const char *p = text;

        if (number_parse(&p, 4, 4, &parts->year) < 0 || !char_skip(&p, '-') ||
            number_parse(&p, 1, 2, &parts->month) < 0 || !char_skip(&p, '-') ||
            number_parse(&p, 1, 2, &parts->day) < 0 || *p)
                return -EINVAL;
        return parts->year < 1970 || parts->month < 1 || parts->month > 12 || parts->day < 1 ||
                               parts->day > 31 ?
                       -ERANGE :
                       0;
}

static int weekday_parse(const char *text) {
        static const char *const names[] = { "sunday",   "monday", "tuesday", "wednesday",
                                             "thursday", "friday", "saturday" };
        const size_t n = strlen(text);

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (strcasecmp(text, names[i]) == 0 ||
                    (n == 3 && strncasecmp(text, names[i], 3) == 0))
                        return (int) i;
        return -EINVAL;
}

static int day_parse(const char *text, Parts *parts) {
        static const char *const words[] = { "yesterday", "today", "tomorrow" };

        for (int i = 0; i < (int) ELEMENTSOF(words); i++)
                if (strcasecmp(text, words[i]) == 0) {
                        parts->days = i - 1;
                        return 0;
                }
        parts->weekday = weekday_parse(text);
        if (parts->weekday >= 0)
                return 0;
        return date_parse(text, parts);
}

static int parts_resolve(const Parts *parts, const struct tm *today, int days, usec_t *ret) {
        struct tm tm = { .tm_year = parts->year ? parts->year - 1900 : today->tm_year,
                         .tm_mon = parts->year ? parts->month - 1 : today->tm_mon,
                         .tm_mday = (parts->year ? parts->day : today->tm_mday) + days,
                         .tm_hour = parts->hour,
                         .tm_min = parts->minute,
                         .tm_sec = parts->second,
                         .tm_isdst = -1 };
        const time_t seconds = mktime(&tm);

        if (seconds < 0 || tm.tm_year + 1900 > YEAR_MAX)
                return -ERANGE;
        if (parts->year && tm.tm_mon != parts->month - 1)
                return -ERANGE; /* the 30th of February */
        *ret = (usec_t) seconds * USEC_PER_SEC;
        return 0;
}

/* The nearest such day on that side, today included when its time is. */
static int parts_nearest(const Parts *parts, usec_t now, MomentSide side, usec_t *ret) {
        const time_t seconds = (time_t) (now / USEC_PER_SEC);
        const bool any_day = parts->weekday < 0 && parts->days == 0;
        int days = parts->days, step = side == MOMENT_AHEAD ? 1 : -1;
        struct tm today;
        int r;

        tzset();
        if (!localtime_r(&seconds, &today))
                return -ERANGE;
        if (parts->weekday >= 0)
                days = step * ((step * (parts->weekday - today.tm_wday) + 7) % 7);
        r = parts_resolve(parts, &today, days, ret);
        if (r < 0 || parts->year || !(parts->weekday >= 0 || (any_day && parts->timed)))
                return r;
        if (side == MOMENT_AHEAD ? *ret >= now : *ret <= now)
                return 0;
        return parts_resolve(parts, &today, days + step * (any_day ? 1 : 7), ret);
}

/* "+3h", "-2d", "2d ago" */
static int relative_parse(const char *text, usec_t now, usec_t *ret) {
        char span_text[MOMENT_TEXT_MAX];
        const bool back = text[0] == '-';
        const bool ago = strlen(text) > 4 && streq(text + strlen(text) - 4, " ago");
        usec_t span;
        int r;

        if (!TEXT_COPY(span_text, text + (back || text[0] == '+')))
                return -EINVAL;
        if (ago)
                span_text[strlen(span_text) - 4] = '\0';
        r = span_parse(span_text, &span);
        if (r < 0)
                return r;
        if (ago || back ? span > now : span >= USEC_INFINITY - now)
                return -ERANGE;
        *ret = ago || back ? now - span : now + span;
        return 0;
}

/* With an offset it is a moment; without one a day and a time. */
static int iso_moment_parse(const char *text, usec_t *ret) {
        const char *time = strchr(text, 'T');

        if (!time || !strpbrk(time, "+-Z"))
                return -EINVAL;
        return iso_parse(text, ret);
}

static int parts_parse(const char *text, Parts *parts) {
        char day[MOMENT_TEXT_MAX], *time;
        int r;

        if (!TEXT_COPY(day, text))
                return -EINVAL;
        if (strchr(day, ':') && !strpbrk(day, " T"))
                return time_parse(day, parts);
        time = strchr(day, ' ');
        if (!time && day[0] >= '0' && day[0] <= '9')
                time = strchr(day, 'T');
        if (time)
                *time++ = '\0';
        r = day_parse(day, parts);
        return r < 0 || !time ? r : time_parse(time, parts);
}

int moment_parse(const char *text, usec_t now, MomentSide side, usec_t *ret) {
        Parts parts = { .weekday = -1 };
        int r;

        if (streq(text, "now")) {
                *ret = now;
                return 0;
        }
        if (text[0] == '+' || text[0] == '-' || strstr(text, " ago"))
                return relative_parse(text, now, ret);
        r = iso_moment_parse(text, ret);
        if (r != -EINVAL)
                return r;
        r = parts_parse(text, &parts);
        return r < 0 ? r : parts_nearest(&parts, now, side, ret);
}
