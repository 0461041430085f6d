/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Runs a loop with ports in it until nothing happens. Pseudo-terminals of other programs come and
 * go in the same /dev/pts, which wakes up a loop that watches it: that does not count. */

#include <systemd/sd-event.h>

#include "base/time.h"

int settle_watch(void); /* what tells of others: a descriptor, to be closed */
/* Until nothing happens for `quiet`; how many turns of the loop there were, without those that
 * others may have caused. */
unsigned settle(sd_event *event, int others, usec_t quiet);
