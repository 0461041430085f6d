/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How long a yes lasts. It is given for what was shown, and for the next window at that: a yes of
 * last month must not install on a night when nobody thinks of it any more. One that is for two
 * actions can only be used when the windows of both are open. */

#include "policy/finding.h"
#include "policy/window.h"

/* More than two sets of windows open in a month. */
#define SEARCH_STEPS_MAX 256

/* From `realtime` on, the latest of the moments at which each of them may next begin. */
static usec_t next_fit(const Question *questions, size_t n, usec_t realtime) {
        usec_t next = realtime;

        for (size_t i = 0; i < n; i++) {
                const WindowSet set = question_windows(&questions[i]);

                next = MAX_OF(next, window_set_next_fit(&set, realtime, set.fits, NULL));
        }
        return next;
}

static usec_t first_close(const Question *questions, size_t n, usec_t realtime) {
        usec_t close = USEC_INFINITY;

        for (size_t i = 0; i < n; i++) {
                const WindowSet set = question_windows(&questions[i]);

                if (set.n > 0)
                        close = MIN_OF(close, window_set_next_change(&set, realtime));
        }
        return close;
}

usec_t consent_end(const Question *questions, size_t n, usec_t realtime) {
        usec_t at = realtime, next = next_fit(questions, n, at), end = USEC_INFINITY;

        for (unsigned step = 0; next > at && next != USEC_INFINITY && step < SEARCH_STEPS_MAX;
             step++) {
                at = next;
                next = next_fit(questions, n, at);
        }
        if (next == at)
                end = first_close(questions, n, at);
        /* windows that never open or never close say as little as none */
        return usec_add(end == USEC_INFINITY ? realtime : end, CONSENT_GRACE);
}
