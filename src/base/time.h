/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Points in time and spans, in microseconds. Boot time (CLOCK_BOOTTIME, it runs on during suspend)
 * drives every timer; real time (the wall clock, since 1970) opens windows and stamps reports. */

#include "base/macro.h"

typedef uint64_t usec_t;

#define USEC_INFINITY ((usec_t) UINT64_MAX)
#define USEC_PER_MSEC ((usec_t) 1000)
#define USEC_PER_SEC ((usec_t) 1000000)
#define USEC_PER_MINUTE (60 * USEC_PER_SEC)
#define USEC_PER_HOUR (60 * USEC_PER_MINUTE)
#define USEC_PER_DAY (24 * USEC_PER_HOUR)

/* One reading of both clocks; handed to everything that decides, which never asks for the time. */
typedef struct Clock {
        usec_t realtime;
        usec_t boottime;
} Clock;

Clock clock_now(void);

/* a + b without wrapping: USEC_INFINITY stays infinite. */
static inline usec_t usec_add(usec_t a, usec_t b) {
        return a > USEC_INFINITY - b ? USEC_INFINITY : a + b;
}
/* a - b, 0 when b is later. */
static inline usec_t usec_sub(usec_t a, usec_t b) {
        return a > b ? (a == USEC_INFINITY ? USEC_INFINITY : a - b) : 0;
}

/* spans, as systemd writes them: "30min", "1h 30min", "14d", "90" (seconds), "infinity" */

#define SPAN_TEXT_MAX 64

/* -EINVAL when `text` is no span, -ERANGE when it is too long for usec_t. */
_must_use_ int span_parse(const char *text, usec_t *ret);
/* The two largest units, e.g. "1h 30min", "45s", "0"; "infinity". Returns `to`. */
char *span_format(char to[static SPAN_TEXT_MAX], usec_t span);

/* ISO 8601 with exactly three fraction digits and a numeric offset, never Z (tunnel
 * specification, 5.1): "2016-01-11T14:11:11.333+02:00" */

#define ISO_TEXT_MAX 40

char *iso_format(char to[static ISO_TEXT_MAX], usec_t realtime, int offset_sec);
/* The offset of local time (TZ) from UTC at that moment, in seconds, east positive. */
int utc_offset_at(usec_t realtime);
/* Lenient: fraction of 0 to 9 digits, "+hh:mm", "+hhmm", "Z" or none (UTC). -EINVAL otherwise. */
_must_use_ int iso_parse(const char *text, usec_t *ret);
