/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Kinds of reports that the server does not know: some know uplink frames only. A kind that only
 * ever fails while others pass is set aside: its reports stay in the outbox, one is tried from time
 * to time, and the uplink does not count as lost because of it. Uplink frames never are: a server
 * that takes none of them is no server. Owns nothing; a new run finds out anew. */

#include "uplink/queue-internal.h"

#define FAILURES_MAX 5
#define PROBE_INTERVAL USEC_PER_HOUR

bool kind_may_send(const Turn *turn, ReportKind kind) {
        const Kind *k = &turn->queue->kinds[kind];

        return !k->set_aside || (k->in_flight == 0 && turn->now->boottime >= k->probe_at);
}

static void kind_set_aside(const Turn *turn, ReportKind kind) {
        Queue *queue = turn->queue;
        char data[192];
        Text text;

        text_init(&text, data, sizeof data);
        text_printf(&text, "the server takes no %s reports (%s)", report_kind_to_string(kind),
                    queue->kinds[kind].last_error);
        queue->kinds[kind].set_aside = true;
        queue->kinds[kind].probe_at = usec_add(turn->now->boottime, PROBE_INTERVAL);
        for (size_t i = kind; i < queue->n_lines; i += _REPORT_KIND_MAX)
                hold_release(&queue->lines[i].hold, turn->now);
        turn->host->event(turn->userdata, "", EVENT_REPORTS_SET_ASIDE, data, 0);
        queue_restore(turn);
}

static bool kind_is_hopeless(const Kind *k) {
        return !k->set_aside && !k->passed && k->others_passed && k->failures >= FAILURES_MAX;
}

bool kind_failed(const Turn *turn, ReportKind kind) {
        Queue *queue = turn->queue;
        Kind *k = &queue->kinds[kind];

        k->failures++;
        (void) TEXT_COPY(k->last_error, queue->status.last_error);
        if (kind != REPORT_UPLINK && kind_is_hopeless(k))
                kind_set_aside(turn, kind);
        else if (k->set_aside)
                k->probe_at = usec_add(turn->now->boottime, PROBE_INTERVAL);
        return k->set_aside;
}

void kind_passed(const Turn *turn, ReportKind kind) {
        Queue *queue = turn->queue;

        queue->kinds[kind] = (Kind) { .passed = true, .in_flight = queue->kinds[kind].in_flight };
        for (size_t i = 0; i < _REPORT_KIND_MAX; i++) {
                Kind *other = &queue->kinds[i];

                if (i == kind || other->failures == 0)
                        continue;
                other->others_passed = true;
                if (i != REPORT_UPLINK && kind_is_hopeless(other))
                        kind_set_aside(turn, (ReportKind) i);
        }
}

void kinds_expire(Queue *queue) {
        for (size_t i = 0; i < _REPORT_KIND_MAX; i++)
                queue->kinds[i].probe_at = 0;
}

unsigned kinds_set_aside(const Queue *queue) {
        unsigned kinds = 0;

        for (unsigned i = 0; i < _REPORT_KIND_MAX; i++)
                kinds |= queue->kinds[i].set_aside ? 1U << i : 0;
        return kinds;
}
