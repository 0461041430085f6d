/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Windows as people write them: "Mon..Fri 01:00-05:00".
 *
 * Pure. Weekdays are taken in any case and also in full, a range may run over the weekend
 * ("Fri..Mon"). What is written is always the short form, so that explain, history and errors show
 * one spelling. */

#include <stdio.h>
#include <strings.h>

#include "base/text.h"
#include "policy/policy.h"

#define WEEKDAYS_ALL 0x7f
#define MINUTES_PER_DAY 1440

static const char *const weekdays[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday" };

static bool is_letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int weekday_parse(const char **p) {
        size_t n = 0;

        while (is_letter((*p)[n]))
                n++;
        for (size_t i = 0; i < ELEMENTSOF(weekdays); i++)
                if ((n == 3 || n == strlen(weekdays[i])) && strncasecmp(*p, weekdays[i], n) == 0) {
                        *p += n;
                        return (int) i;
                }
        return -EINVAL;
}

/* "Sat", "Mon..Fri"; adds the days to *weekdays_set. */
static int weekday_range_parse(const char **p, uint8_t *weekdays_set) {
        int first = weekday_parse(p), last = first;

        if (first >= 0 && strncmp(*p, "..", 2) == 0) {
                *p += 2;
                last = weekday_parse(p);
        }
        if (first < 0 || last < 0)
                return -EINVAL;
        for (int day = first;; day = (day + 1) % 7) {
                *weekdays_set |= (uint8_t) (1u << day);
                if (day == last)
                        return 0;
        }
}

static int weekdays_parse(const char **p, uint8_t *ret) {
        uint8_t set = 0;

        do {
                if (**p == ',')
                        (*p)++;
                if (weekday_range_parse(p, &set) < 0)
                        return -EINVAL;
        } while (**p == ',');
        if (**p != ' ' && **p != '\t')
                return -EINVAL;
        *ret = set;
        return 0;
}

static bool digit_parse(const char **p, unsigned *value) {
        if (**p < '0' || **p > '9')
                return false;
        *value = *value * 10 + (unsigned) (*(*p)++ - '0');
        return true;
}

/* "01:00", "1:00", "24:00" */
static int minute_parse(const char **p, uint16_t *ret) {
        unsigned hour = 0, minute = 0;

        if (!digit_parse(p, &hour))
                return -EINVAL;
        (void) digit_parse(p, &hour);
        if (*(*p)++ != ':')
                return -EINVAL;
        if (!digit_parse(p, &minute) || !digit_parse(p, &minute))
                return -EINVAL;
        if (minute > 59 || hour * 60 + minute > MINUTES_PER_DAY)
                return -EINVAL;
        *ret = (uint16_t) (hour * 60 + minute);
        return 0;
}

static const char *skip_spaces(const char *p) {
        while (*p == ' ' || *p == '\t')
                p++;
        return p;
}

int window_parse(const char *text, Window *ret) {
        Window window = { .weekdays = WEEKDAYS_ALL };
        const char *p = skip_spaces(text);

        if (is_letter(*p) && weekdays_parse(&p, &window.weekdays) < 0)
                return -EINVAL;
        p = skip_spaces(p);
        if (minute_parse(&p, &window.start_min) < 0 || *p++ != '-' ||
            minute_parse(&p, &window.end_min) < 0)
                return -EINVAL;
        if (window.start_min == MINUTES_PER_DAY || *skip_spaces(p) != '\0')
                return -EINVAL;
        *ret = window;
        return 0;
}

static unsigned run_length(uint8_t set, unsigned day) {
        unsigned n = 0;

        while (day + n < 7 && (set & (1u << (day + n))))
                n++;
        return n;
}

static void weekdays_format(Text *text, uint8_t set) {
        const char *comma = "";

        for (unsigned day = 0, n; day < 7; day += n) {
                n = run_length(set, day);
                if (n == 0) {
                        n = 1;
                        continue;
                }
                if (n < 3)
                        n = 1;
                text_printf(text, "%s%.3s", comma, weekdays[day]);
                if (n >= 3)
                        text_printf(text, "..%.3s", weekdays[day + n - 1]);
                comma = ",";
        }
        text_add_char(text, ' ');
}

char *window_format(char to[static WINDOW_TEXT_MAX], const Window *window) {
        Text text;

        text_init(&text, to, WINDOW_TEXT_MAX);
        if ((window->weekdays & WEEKDAYS_ALL) != WEEKDAYS_ALL)
                weekdays_format(&text, window->weekdays);
        text_printf(&text, "%02u:%02u-%02u:%02u", window->start_min / 60u, window->start_min % 60u,
                    window->end_min / 60u, window->end_min % 60u);
        return to;
}
