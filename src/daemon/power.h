/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* While a module flashes, the gateway should neither be shut down nor put to sleep: logind is asked
 * for that, and the service manager told who flashes. Nothing waits for either. */

#include <systemd/sd-event.h>

#include "base/macro.h"

typedef struct Power Power;

_must_use_ int power_new(sd_event *event, Power **ret);
/* Lets go of all locks. */
Power *power_free(Power *power);
DEFINE_CLEANUP(Power *, power_free)

/* `flashing`: "modem0, modem1", "" none. To be called whenever it may have changed, but not from a
 * callback of Power's own. */
void power_update(Power *power, const char *flashing, size_t n_modules);
/* As it was told last. */
const char *power_flashing(const Power *power);
