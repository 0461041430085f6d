/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The caps of the spool: who gives way when it is full, who is too old, and how that is told.
 *
 * Owns nothing. The least valuable give way first: progress, then status, then other events; how
 * updates ended and what went wrong comes last; the oldest first among equals. A report that is on
 * its way stays. */

#include "uplink/queue-internal.h"

#define OVERFLOW_INTERVAL \
        USEC_PER_HOUR /* spool-overflow is a report too: it must not feed itself */

void queue_drop(const Turn *turn, const ReportRow *report) {
        turn->host->settle(turn->userdata, report->id, SETTLEMENT_DROPPED);
        turn->queue->dropped++;
        (void) TEXT_COPY(turn->queue->dropped_module, report->module);
}

void queue_tell_overflow(const Turn *turn) {
        Queue *queue = turn->queue;
        uint64_t dropped = queue->dropped;

        if (dropped == 0 || turn->now->boottime < queue->overflow_next)
                return;
        queue->dropped = 0;
        queue->overflow_next = usec_add(turn->now->boottime, OVERFLOW_INTERVAL);
        turn->host->event(turn->userdata, queue->dropped_module, EVENT_SPOOL_OVERFLOW, NULL,
                          (int64_t) dropped);
}

bool queue_too_old(const Queue *queue, const Clock *now, const ReportRow *report) {
        return queue->max_age != 0 && usec_add(report->created, queue->max_age) < now->realtime;
}

bool queue_wants(const Queue *queue, ReportKind kind) {
        return (queue->reports & (1U << kind)) != 0;
}

bool queue_gave_way(const Queue *queue, uint64_t id) {
        for (size_t i = 0; i < queue->n_gave_way; i++)
                if (queue->gave_way[i] == id)
                        return true;
        return false;
}

static bool is_settled(const Line *line, uint64_t id) {
        return line && id <= line->settled; /* it leaves anyhow */
}

static bool is_on_its_way(const Line *line, uint64_t id) {
        return line && line->in_flight && line->taken == id;
}

/* Reports of one worth; what of `excess` is left. */
static uint64_t queue_spare(const Turn *turn, ReportWorth worth, uint64_t excess) {
        Queue *queue = turn->queue;
        ReportRow report = { 0 };

        while (excess > 0 && queue->n_gave_way < DROPS_PER_TAKE_MAX &&
               turn->host->spare(turn->userdata, worth, report.id, &report) >= 0) {
                const Line *line = queue_line(queue, report.module, report.kind);

                if (is_on_its_way(line, report.id))
                        continue;
                excess--;
                if (is_settled(line, report.id))
                        continue;
                if (!queue_has_room(turn)) {
                        queue->count_due = true;
                        return 0;
                }
                queue->gave_way[queue->n_gave_way++] = report.id;
                queue_drop(turn, &report);
        }
        return excess;
}

/* Counting is not free, so it is done only when the spool may be full: a wake follows a commit,
 * which brings at most BATCH_REPORTS_MAX reports, and takes out what gave way before. */
void queue_cap_number(const Turn *turn) {
        Queue *queue = turn->queue;
        uint64_t waiting, excess;

        if (!queue->count_due || !turn->host->waiting || queue->max_reports == 0)
                return;
        queue->count_due = false;
        queue->n_gave_way = 0;
        waiting = turn->host->waiting(turn->userdata);
        if (waiting < queue->max_reports)
                queue->trusted_wakes = (queue->max_reports - waiting) / BATCH_REPORTS_MAX;
        excess = waiting > queue->max_reports ? waiting - queue->max_reports : 0;
        for (unsigned worth = _REPORT_WORTH_MAX; worth-- > 0 && excess > 0;)
                excess = queue_spare(turn, (ReportWorth) worth, excess);
}
