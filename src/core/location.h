/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Where the gateway stands, to the millionth of a degree (a tenth of a metre). No floating point:
 * what is written is what was read. */

#include "base/text.h"

#define LOCATION_UNIT 1000000 /* a degree or a metre */

typedef struct Location {
        bool set, has_altitude;
        int64_t latitude, longitude, altitude; /* millionths */
} Location;

/* "48.874931", at most 9 digits before the point; what follows the sixth behind it is cut.
 * -EINVAL: no such number. */
_must_use_ int decimal_parse(const char *text, int64_t *ret_millionths);

/* "48.874931 2.333673 50.000000", "" when it is not set; returns `to`. */
#define LOCATION_TEXT_MAX 64
char *location_format(char to[static LOCATION_TEXT_MAX], const Location *location);
/* -EINVAL: not as location_format() writes it. */
_must_use_ int location_parse(const char *text, Location *ret);
