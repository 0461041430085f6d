/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Points in time as people write them. */

#include "base/time.h"

/* What a time of day or a weekday alone means. */
typedef enum MomentSide {
        MOMENT_AHEAD, /* the next one */
        MOMENT_BACK,  /* the last one */
} MomentSide;

/* "now", "+3h", "-2d", "2d ago", "tomorrow", "tomorrow 02:30", "Sat", "Sat 02:30", "02:30",
 * "2026-11-28", "2026-11-28 02:30", "2026-11-28T02:30:00+01:00"; in local time (TZ) where no offset
 * is said. Days without a time begin at 00:00. -EINVAL: it is none of these; -ERANGE: there is no
 * such moment. */
_must_use_ int moment_parse(const char *text, usec_t now, MomentSide side, usec_t *ret);
#define MOMENT_EXAMPLES "'+3h', 'tomorrow 02:30', 'Sat 02:30' or '2026-11-28 02:30'"
