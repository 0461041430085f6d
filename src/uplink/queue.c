/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which report goes next, what an answer means, and when to try again. Sans-I/O.
 *
 * Owns one line per module and no reports: those are in the outbox, and are read when they are due.
 * A line goes in order, with one report on its way. Two things can hold reports back: an answer
 * that is not final holds the line of its module, no answer at all holds everything, because all
 * lines lead to one server; then a single report goes as a probe. `settled` is the last report of a
 * line that is done with; its row may still be in the outbox until the next commit. Nothing is
 * allocated after queue_new(). */

#include "uplink/uplink.h"

#include <assert.h>

#include "uplink/hold.h"

#define REFUSALS_MAX 5         /* so many in a row are not the reports' fault */
#define DROPS_PER_TAKE_MAX 256 /* keeps a turn short */
#define OVERFLOW_INTERVAL \
        USEC_PER_HOUR /* spool-overflow is a report too: it must not feed itself */

typedef struct Line {
        char module[MODULE_NAME_MAX];
        bool waiting;      /* there may be reports */
        bool in_flight;    /* one is on its way */
        unsigned era;      /* of the queue, when it left */
        unsigned refusals; /* in a row */
        uint64_t settled;
        Hold hold;
} Line;

struct Queue {
        uint64_t max_reports;
        usec_t max_age;
        Hold hold;    /* the server does not answer */
        unsigned era; /* grows with each failure of the server: what left before tells nothing new
                       */
        unsigned refusals; /* in a row, over all modules */
        unsigned in_flight;
        uint64_t random;        /* see hold_extend() */
        bool count_due;         /* the spool may be full */
        uint64_t trusted_wakes; /* so many wakes can't fill it: it need not be counted before */
        uint64_t dropped;       /* not told yet */
        char dropped_module[MODULE_NAME_MAX];
        usec_t overflow_next; /* boottime from which spool-overflow may be told */
        UplinkStatus status;
        size_t cursor; /* the line to look at first */
        size_t n_lines;
        Line lines[];
};

/* What every decision of one call needs. */
typedef struct Turn {
        Queue *queue;
        const Clock *now;
        const QueueHost *host;
        void *userdata;
} Turn;

int queue_new(const Settings *settings, Queue **ret) {
        Queue *queue = calloc(1, sizeof *queue + settings->n_modules * sizeof queue->lines[0]);

        if (!queue)
                return -ENOMEM;
        queue->max_reports = settings->uplink.spool_max_reports;
        queue->max_age = settings->uplink.spool_max_age;
        queue->count_due = true;
        queue->n_lines = settings->n_modules;
        for (size_t i = 0; i < queue->n_lines; i++) {
                (void) TEXT_COPY(queue->lines[i].module, settings->modules[i].name);
                queue->lines[i].waiting = true; /* what an earlier run left */
        }
        *ret = queue;
        return 0;
}

Queue *queue_free(Queue *queue) {
        free(queue);
        return NULL;
}

static Line *line_find(Queue *queue, const char *module) {
        for (size_t i = 0; i < queue->n_lines; i++)
                if (streq(queue->lines[i].module, module))
                        return &queue->lines[i];
        return NULL;
}

void queue_wake(Queue *queue, const char *module) {
        Line *line = line_find(queue, module);

        if (!line)
                return;
        line->waiting = true;
        if (queue->trusted_wakes > 0)
                queue->trusted_wakes--;
        else
                queue->count_due = true;
}

void queue_flush(Queue *queue) {
        hold_expire(&queue->hold);
        for (size_t i = 0; i < queue->n_lines; i++)
                hold_expire(&queue->lines[i].hold);
}

/* the caps of the spool */

static void queue_drop(const Turn *turn, Line *line, uint64_t id) {
        line->settled = id;
        turn->host->settle(turn->userdata, id, SETTLEMENT_DROPPED);
        turn->queue->dropped++;
        (void) TEXT_COPY(turn->queue->dropped_module, line->module);
}

static void queue_tell_overflow(const Turn *turn) {
        Queue *queue = turn->queue;
        uint64_t dropped = queue->dropped;

        if (dropped == 0 || turn->now->boottime < queue->overflow_next)
                return;
        queue->dropped = 0;
        queue->overflow_next = usec_add(turn->now->boottime, OVERFLOW_INTERVAL);
        turn->host->event(turn->userdata, queue->dropped_module, EVENT_SPOOL_OVERFLOW, NULL,
                          (int64_t) dropped);
}

/* The line with the oldest report that is not on its way. */
static Line *queue_oldest(const Turn *turn, uint64_t *ret_id) {
        Queue *queue = turn->queue;
        ReportRow report;
        Line *oldest = NULL;

        for (size_t i = 0; i < queue->n_lines; i++) {
                Line *line = &queue->lines[i];

                if (line->in_flight || !line->waiting ||
                    turn->host->next(turn->userdata, line->module, line->settled, &report) < 0 ||
                    (oldest && report.id > *ret_id))
                        continue;
                oldest = line;
                *ret_id = report.id;
        }
        return oldest;
}

/* The oldest reports give way. Counting is not free, so it is done only when the spool may be full:
 * a wake follows a commit, which brings at most BATCH_REPORTS_MAX reports. */
static void queue_cap_number(const Turn *turn) {
        Queue *queue = turn->queue;
        uint64_t waiting, excess, id;

        if (!queue->count_due || !turn->host->waiting || queue->max_reports == 0)
                return;
        queue->count_due = false;
        waiting = turn->host->waiting(turn->userdata);
        if (waiting < queue->max_reports)
                queue->trusted_wakes = (queue->max_reports - waiting) / BATCH_REPORTS_MAX;
        excess = waiting > queue->max_reports ? waiting - queue->max_reports : 0;
        for (unsigned drops = 0; excess > 0; excess--, drops++) {
                Line *line = drops < DROPS_PER_TAKE_MAX ? queue_oldest(turn, &id) : NULL;

                if (!line)
                        return;
                queue_drop(turn, line, id);
        }
}

static bool queue_too_old(const Queue *queue, const Clock *now, const ReportRow *report) {
        return queue->max_age != 0 && usec_add(report->created, queue->max_age) < now->realtime;
}

/* taking */

/* The first report of the line that is young enough to be sent. */
static bool line_next(const Turn *turn, Line *line, ReportRow *ret) {
        for (unsigned drops = 0; drops < DROPS_PER_TAKE_MAX; drops++) {
                if (turn->host->next(turn->userdata, line->module, line->settled, ret) < 0) {
                        line->waiting = false;
                        hold_release(&line->hold, turn->now); /* what was held is gone */
                        return false;
                }
                if (!queue_too_old(turn->queue, turn->now, ret))
                        return true;
                queue_drop(turn, line, ret->id);
        }
        line->hold.next = turn->now->boottime; /* go on in the next turn */
        return false;
}

static bool queue_take_any(const Turn *turn, ReportRow *ret, bool *ret_late) {
        Queue *queue = turn->queue;

        for (size_t i = 0; i < queue->n_lines; i++) {
                size_t index = (queue->cursor + i) % queue->n_lines;
                Line *line = &queue->lines[index];

                if (!line->waiting || line->in_flight || !hold_allows(&line->hold, turn->now) ||
                    !line_next(turn, line, ret))
                        continue;
                line->in_flight = true;
                line->era = queue->era;
                queue->in_flight++;
                queue->cursor = index + 1;
                *ret_late = hold_delayed(&queue->hold, ret->created) ||
                            hold_delayed(&line->hold, ret->created);
                return true;
        }
        return false;
}

/* While the server is silent one report at a time goes as a probe. */
static bool queue_may_send(const Queue *queue, const Clock *now) {
        return queue->hold.failures == 0 ||
               (queue->in_flight == 0 && hold_allows(&queue->hold, now));
}

bool queue_take(Queue *queue, const Clock *now, const QueueHost *host, void *userdata,
                ReportRow *ret, bool *ret_late) {
        const Turn turn = { queue, now, host, userdata };
        bool taken;

        queue_cap_number(&turn);
        taken = queue_may_send(queue, now) && queue_take_any(&turn, ret, ret_late);
        queue_tell_overflow(&turn);
        return taken;
}

/* answers */

typedef enum Meaning { MEANING_ACCEPTED, MEANING_REFUSED, MEANING_HOLD } Meaning;

static Meaning meaning_of(int status) {
        if (status >= 200 && status < 300)
                return MEANING_ACCEPTED;
        if (status == 400 || status == 413 || status == 415 || status == 422)
                return MEANING_REFUSED;
        /* 401, 403, 404, 405, 408, 421, 425, 429, 3xx, 5xx, ...: it may pass another time */
        return MEANING_HOLD;
}

static void queue_lose(const Turn *turn) {
        UplinkStatus *status = &turn->queue->status;

        if (status->lost)
                return;
        status->lost = true;
        turn->host->event(turn->userdata, "", EVENT_UPLINK_LOST, status->last_error, 0);
}

/* The uplink is restored when nothing is held back any more. */
static void queue_restore(const Turn *turn) {
        Queue *queue = turn->queue;

        if (!queue->status.lost || queue->hold.failures > 0)
                return;
        for (size_t i = 0; i < queue->n_lines; i++)
                if (queue->lines[i].hold.failures > 0)
                        return;
        queue->status.lost = false;
        turn->host->event(turn->userdata, "", EVENT_UPLINK_RESTORED, NULL, 0);
}

static void queue_hold(const Turn *turn, Hold *hold) {
        hold_extend(hold, turn->now, &turn->queue->random);
        queue_lose(turn);
}

static void queue_unanswered(const Turn *turn, const Line *line) {
        if (line->era != turn->queue->era)
                return; /* it left before the failure that is known already */
        turn->queue->era++;
        queue_hold(turn, &turn->queue->hold);
}

static void line_settle(const Turn *turn, Line *line, uint64_t id, Settlement settlement) {
        line->settled = MAX_OF(line->settled, id);
        hold_release(&line->hold, turn->now);
        turn->host->settle(turn->userdata, id, settlement);
        queue_restore(turn);
}

/* Is it this report's fault? Not when so many in a row are refused, of one module or of all. */
static bool refusal_is_final(Queue *queue, Line *line) {
        queue->refusals = MIN_OF(queue->refusals + 1, (unsigned) REFUSALS_MAX);
        line->refusals = MIN_OF(line->refusals + 1, (unsigned) REFUSALS_MAX);
        return queue->refusals < REFUSALS_MAX && line->refusals < REFUSALS_MAX;
}

static void queue_judge(const Turn *turn, Line *line, uint64_t id, int status) {
        switch (meaning_of(status)) {
        case MEANING_ACCEPTED:
                turn->queue->refusals = line->refusals = 0;
                line_settle(turn, line, id, SETTLEMENT_ACCEPTED);
                return;
        case MEANING_REFUSED:
                if (refusal_is_final(turn->queue, line)) {
                        line_settle(turn, line, id, SETTLEMENT_REFUSED);
                        return;
                }
                queue_hold(turn, &line->hold);
                return;
        case MEANING_HOLD:
                queue_hold(turn, &line->hold);
                return;
        }
}

static void queue_note_status(const Turn *turn, const Line *line, int status, const char *error) {
        UplinkStatus *to = &turn->queue->status;
        Text text;

        text_init(&text, to->last_error, sizeof to->last_error);
        to->last_status = status;
        if (status == 0) {
                text_add(&text, error && error[0] != '\0' ? error : "no answer");
                return;
        }
        to->last_realtime = turn->now->realtime;
        if (meaning_of(status) != MEANING_ACCEPTED)
                text_printf(&text, "%s: HTTP status %d", line->module, status);
}

void queue_answered(Queue *queue, const Clock *now, const QueueHost *host, void *userdata,
                    const ReportRow *report, int status, const char *error) {
        const Turn turn = { queue, now, host, userdata };
        Line *line = line_find(queue, report->module);

        if (!line || !line->in_flight)
                return;
        assert(queue->in_flight > 0);
        line->in_flight = false;
        queue->in_flight--;
        queue_note_status(&turn, line, status, error);
        if (status == 0) {
                queue_unanswered(&turn, line);
                return;
        }
        hold_release(&queue->hold, now); /* the server is there, whatever it says */
        queue_judge(&turn, line, report->id, status);
}

void queue_returned(Queue *queue, const ReportRow *report) {
        Line *line = line_find(queue, report->module);

        if (!line || !line->in_flight)
                return;
        line->in_flight = false;
        queue->in_flight--;
}

/* looking */

usec_t queue_deadline(const Queue *queue) {
        usec_t first = USEC_INFINITY;

        for (size_t i = 0; i < queue->n_lines; i++) {
                const Line *line = &queue->lines[i];

                usec_t next = MAX_OF(line->hold.next, queue->hold.next);

                if (line->waiting && next > 0)
                        first = MIN_OF(first, next);
        }
        /* What is on its way comes first: its answer asks for the next report anyhow. */
        return queue->in_flight > 0 ? USEC_INFINITY : first;
}

void queue_status(const Queue *queue, UplinkStatus *ret) {
        Spool spool = ret->spool;

        *ret = queue->status;
        ret->next_boottime = queue_deadline(queue);
        ret->spool = spool;
}
