/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Random reports and answers, and what a decoder has to make of them. */

#include "base/json.h"
#include "uplink/uplink.h"

typedef struct Random {
        uint32_t seed;
} Random;
unsigned random_below(Random *random, unsigned end); /* 0 to end - 1; end at most 65536 */

/* Of an event or an answer of a random module. The expected data of decodeUplink() is written to
 * `json`: exact but for texts that had to be cut. */
void rows_make_report(Random *random, ReportRow *ret, Json *json);
void rows_make_answer(Random *random, ReportRow *ret, Json *json);
