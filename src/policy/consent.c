/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How long a yes lasts. It is given for what was shown, and for the next window at that: a yes of
 * last month must not install on a night when nobody thinks of it any more. A jitter leaves enough
 * of each window, so it does not matter which one is the next. */

#include "policy/window.h"

usec_t consent_end(const Policy *policy, Action action, const ZoneOffsets *zone, usec_t realtime) {
        const ActionPolicy *rules = policy->actions + action;
        const WindowSet set = { .windows = rules->windows, .n = rules->n_windows, .zone = zone };
        const usec_t fits = action == ACTION_INSTALL ? rules->fits : 0;
        usec_t last = realtime, end = USEC_INFINITY;

        if (rules->n_windows > 0 &&
            window_set_next_fit(&set, realtime, fits, &last) != USEC_INFINITY)
                end = window_set_next_change(&set, last);
        /* windows that never open or never close say as little as none */
        return usec_add(end == USEC_INFINITY ? realtime : end, CONSENT_GRACE);
}
