/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Is the clock set by NTP? systemd-timedated knows; asked on the system bus, without ever waiting.
 */

#include <systemd/sd-event.h>

#include "base/time.h"

#define TIMEDATE_INTERVAL USEC_PER_MINUTE /* of questions, as long as it is not */

typedef struct Timedate Timedate;

/* After every answer, and when there can't be one: not synchronized, and why, for people. */
typedef void (*TimedateHandler)(void *userdata, bool synchronized, const char *why);

/* Asks at once. -ENOMEM, or what sd-event says; no bus is no error. */
_must_use_ int timedate_new(sd_event *event, usec_t interval, TimedateHandler handler,
                            void *userdata, Timedate **ret);
Timedate *timedate_free(Timedate *timedate);
DEFINE_CLEANUP(Timedate *, timedate_free)
/* Somebody set the clock: what was known of it is asked again. */
void timedate_clock_set(Timedate *timedate);
