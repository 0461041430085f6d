/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Readings of a module's radio, and how many of them prove something. */

#include "base/time.h"

/* What `require` wants must have been so for RADIO_HOLD: short enough for a module that takes no
 * answer after a minute. Readings further apart than RADIO_GAP say nothing of the time between. */
#define RADIO_HOLD (30 * USEC_PER_SEC)
#define RADIO_INTERVAL (10 * USEC_PER_SEC) /* of readings, while they are good */
#define RADIO_LOOK USEC_PER_MINUTE         /* ... and while they are not */
#define RADIO_GAP (25 * USEC_PER_SEC)
#define RADIO_READINGS_MAX 8

typedef struct RadioReading {
        usec_t boottime;
        bool has_signal;
        int signal_dbm;
        bool home, roaming; /* neither: not registered, or it did not tell */
} RadioReading;
