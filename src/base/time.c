/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Clocks, time spans and ISO 8601 stamps.
 *
 * Owns nothing and keeps no state. Digits and letters are tested by hand: the C library's isdigit()
 * and strptime() follow the locale, the texts here never do. utc_offset_at() is the one that looks
 * at TZ. */

#include "base/time.h"

#include <time.h>

#include "base/text.h"

static usec_t clock_read(clockid_t id) {
        struct timespec now;

        if (clock_gettime(id, &now) < 0)
                return 0;
        return (usec_t) now.tv_sec * USEC_PER_SEC + (usec_t) now.tv_nsec / 1000;
}

Clock clock_now(void) {
        return (Clock) {
                .realtime = clock_read(CLOCK_REALTIME),
                .boottime = clock_read(CLOCK_BOOTTIME),
        };
}

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static bool is_lower(char c) {
        return c >= 'a' && c <= 'z';
}

typedef struct SpanUnit {
        const char *name;
        usec_t usec;
} SpanUnit;

// clang-format off
static const SpanUnit span_units[] = {
        { "us",      1              }, { "usec",    1              },
        { "ms",      USEC_PER_MSEC  }, { "msec",    USEC_PER_MSEC  },
        { "s",       USEC_PER_SEC   }, { "sec",     USEC_PER_SEC   },
        { "second",  USEC_PER_SEC   }, { "seconds", USEC_PER_SEC   },
        { "m",       USEC_PER_MINUTE}, { "min",     USEC_PER_MINUTE},
        { "minute",  USEC_PER_MINUTE}, { "minutes", USEC_PER_MINUTE},
        { "h",       USEC_PER_HOUR  }, { "hr",      USEC_PER_HOUR  },
        { "hour",    USEC_PER_HOUR  }, { "hours",   USEC_PER_HOUR  },
        { "d",       USEC_PER_DAY   }, { "day",     USEC_PER_DAY   },
        { "days",    USEC_PER_DAY   }, { "w",       7 * USEC_PER_DAY },
        { "week",    7 * USEC_PER_DAY }, { "weeks", 7 * USEC_PER_DAY },
};

static const SpanUnit span_format_units[] = {
        { "d", USEC_PER_DAY }, { "h", USEC_PER_HOUR }, { "min", USEC_PER_MINUTE },
        { "s", USEC_PER_SEC }, { "ms", USEC_PER_MSEC }, { "us", 1 },
};
// clang-format on

static const char *skip_spaces(const char *p) {
        while (*p == ' ' || *p == '\t')
                p++;
        return p;
}

static int unit_parse(const char **p, usec_t *ret) {
        const char *word = *p;
        size_t n = 0;

        while (is_lower(word[n]))
                n++;
        *p = word + n;
        if (n == 0) {
                *ret = USEC_PER_SEC;
                return 0;
        }
        for (size_t i = 0; i < ELEMENTSOF(span_units); i++)
                if (strlen(span_units[i].name) == n && strncmp(span_units[i].name, word, n) == 0) {
                        *ret = span_units[i].usec;
                        return 0;
                }
        return -EINVAL;
}

/* "30min": one number and its unit, added to *sum. */
static int span_part_parse(const char **p, usec_t *sum) {
        uint64_t value = 0;
        usec_t unit, part;
        int r;

        if (!is_digit(**p))
                return -EINVAL;
        for (; is_digit(**p); (*p)++)
                if (__builtin_mul_overflow(value, 10, &value) ||
                    __builtin_add_overflow(value, (uint64_t) (**p - '0'), &value))
                        return -ERANGE;
        *p = skip_spaces(*p);
        r = unit_parse(p, &unit);
        if (r < 0)
                return r;
        if (__builtin_mul_overflow(value, unit, &part) || __builtin_add_overflow(*sum, part, sum))
                return -ERANGE;
        *p = skip_spaces(*p);
        return *sum == USEC_INFINITY ? -ERANGE : 0;
}

int span_parse(const char *text, usec_t *ret) {
        const char *p = skip_spaces(text);
        usec_t sum = 0;

        if (streq(p, "infinity")) {
                *ret = USEC_INFINITY;
                return 0;
        }
        do {
                int r = span_part_parse(&p, &sum);
                if (r < 0)
                        return r;
        } while (*p != '\0');
        *ret = sum;
        return 0;
}

char *span_format(char to[static SPAN_TEXT_MAX], usec_t span) {
        Text text;
        unsigned parts = 0;

        text_init(&text, to, SPAN_TEXT_MAX);
        if (span == USEC_INFINITY || span == 0) {
                text_add(&text, span == 0 ? "0" : "infinity");
                return to;
        }
        for (size_t i = 0; i < ELEMENTSOF(span_format_units) && parts < 2; i++) {
                const SpanUnit *unit = &span_format_units[i];
                if (span < unit->usec)
                        continue;
                text_printf(&text, "%s%llu%s", parts > 0 ? " " : "",
                            (unsigned long long) (span / unit->usec), unit->name);
                span %= unit->usec;
                parts++;
        }
        return to;
}

int utc_offset_at(usec_t realtime) {
        time_t seconds = (time_t) (realtime / USEC_PER_SEC);
        struct tm local;

        tzset(); /* localtime_r() alone would never notice that the gateway was moved to another
                    zone */
        if (!localtime_r(&seconds, &local))
                return 0;
        return (int) local.tm_gmtoff;
}

static void time_part(Text *text, char separator, int value) {
        text_add_char(text, separator);
        text_add_number(text, (uint64_t) value, 2);
}

char *iso_format(char to[static ISO_TEXT_MAX], usec_t realtime, int offset_sec) {
        time_t seconds = (time_t) (realtime / USEC_PER_SEC) + offset_sec;
        unsigned offset_min = (unsigned) abs(offset_sec) / 60;
        struct tm tm;
        Text text;

        if (!gmtime_r(&seconds, &tm))
                memset(&tm, 0, sizeof tm);
        text_init(&text, to, ISO_TEXT_MAX);
        text_add_number(&text, (uint64_t) tm.tm_year + 1900, 4);
        time_part(&text, '-', tm.tm_mon + 1);
        time_part(&text, '-', tm.tm_mday);
        time_part(&text, 'T', tm.tm_hour);
        time_part(&text, ':', tm.tm_min);
        time_part(&text, ':', tm.tm_sec);
        text_add_char(&text, '.');
        text_add_number(&text, realtime % USEC_PER_SEC / USEC_PER_MSEC, 3);
        time_part(&text, offset_sec < 0 ? '-' : '+', (int) offset_min / 60);
        time_part(&text, ':', (int) offset_min % 60);
        return to;
}

/* Exactly n digits, then the character `end` unless that is NUL. */
static int digits_parse(const char **p, unsigned n, char end, int *ret) {
        int value = 0;

        for (; n > 0; n--, (*p)++) {
                if (!is_digit(**p))
                        return -EINVAL;
                value = value * 10 + (**p - '0');
        }
        if (end != '\0' && *(*p)++ != end)
                return -EINVAL;
        *ret = value;
        return 0;
}

static int days_of_month(int year, int month) {
        static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

        return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

static int iso_parse_seconds(const char **p, int64_t *ret) {
        struct tm tm = {};
        int year, month;

        if (digits_parse(p, 4, '-', &year) < 0 || digits_parse(p, 2, '-', &month) < 0 ||
            digits_parse(p, 2, 'T', &tm.tm_mday) < 0 || digits_parse(p, 2, ':', &tm.tm_hour) < 0 ||
            digits_parse(p, 2, ':', &tm.tm_min) < 0 || digits_parse(p, 2, '\0', &tm.tm_sec) < 0)
                return -EINVAL;
        /* second 60 is a leap second and counts as the first one of the next minute */
        if (month < 1 || month > 12 || tm.tm_mday < 1 || tm.tm_mday > days_of_month(year, month) ||
            tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
                return -EINVAL;
        tm.tm_year = year - 1900;
        tm.tm_mon = month - 1;
        *ret = timegm(&tm);
        return 0;
}

static int iso_parse_fraction(const char **p, usec_t *ret) {
        usec_t unit = USEC_PER_SEC, usec = 0;
        const char *begin = *p + 1;

        if (**p != '.') {
                *ret = 0;
                return 0;
        }
        for (*p = begin; is_digit(**p); (*p)++) {
                unit /= 10; /* 0 from the seventh digit on: finer than a microsecond */
                usec += unit * (usec_t) (**p - '0');
        }
        if (*p - begin > 9)
                return -EINVAL;
        *ret = usec;
        return 0;
}

static int iso_parse_offset(const char **p, int *ret_sec) {
        char sign = **p;
        int hours, minutes;

        if (sign == '\0' || streq(*p, "Z")) {
                *p += strlen(*p);
                *ret_sec = 0;
                return 0;
        }
        (*p)++;
        if ((sign != '+' && sign != '-') || digits_parse(p, 2, '\0', &hours) < 0)
                return -EINVAL;
        if (**p == ':')
                (*p)++;
        if (digits_parse(p, 2, '\0', &minutes) < 0 || hours > 23 || minutes > 59)
                return -EINVAL;
        *ret_sec = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
        return 0;
}

int iso_parse(const char *text, usec_t *ret) {
        const char *p = text;
        int64_t seconds;
        usec_t fraction;
        int offset_sec;

        if (iso_parse_seconds(&p, &seconds) < 0 || iso_parse_fraction(&p, &fraction) < 0 ||
            iso_parse_offset(&p, &offset_sec) < 0 || *p != '\0')
                return -EINVAL;
        seconds -= offset_sec;
        if (seconds < 0)
                return -EINVAL;
        *ret = (usec_t) seconds * USEC_PER_SEC + fraction;
        return 0;
}
