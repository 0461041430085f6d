/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One report of each kind with every field that the specification has, and a few more. */

#include "actility/report.h"

#define SAMPLE_TIME (UINT64_C(1452514271333) * USEC_PER_MSEC) /* 2016-01-11T14:11:11.333+02:00 */
#define SAMPLE_OFFSET_SEC 7200

typedef struct Sample {
        const char *name; /* of its files in tests/data/actility */
        Document document;
} Sample;

extern const Sample samples[];
extern const size_t n_samples;

/* The uplink of the specification's example, as far as fotad fills it. */
Document sample_uplink(void);
