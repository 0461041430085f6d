/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which report goes next, what an answer means, and when to try again. Sans-I/O.
 *
 * Owns one line per module and kind of report, and no reports: those are in the outbox, and are
 * read when they are due. A module that is not configured any more has its lines as long as
 * something waits of it. A line goes in order, with one report on its way. Three things can hold
 * reports back: an answer that is not final holds its line; no answer at all holds everything,
 * because all lines lead to one server, and then a single report goes as a probe; a kind of which
 * nothing ever passes is set aside (kinds.c). When what is done with can't even be noted, as after
 * hours without a disk, nothing is sent at all. `settled` is the last report of a line that is done
 * with; its row may still be in the outbox until the next commit. What the caps of the spool drop
 * is chosen in overflow.c. Nothing is allocated after queue_new(). */

#include "uplink/queue-internal.h"

#define REFUSALS_MAX 5 /* so many in a row are not the reports' fault */
#define FULL_INTERVAL USEC_PER_MINUTE
#define SLOW (100 * USEC_PER_MSEC) /* tunnel specification, 4.1: the server answers sooner */

/* The first of the module's lines; NULL: there is no room for more. */
static Line *queue_add_lines(Queue *queue, const char *module) {
        Line *lines = &queue->lines[queue->n_lines];

        if (queue->n_lines + _REPORT_KIND_MAX > queue->lines_max)
                return NULL;
        for (size_t kind = 0; kind < _REPORT_KIND_MAX; kind++) {
                (void) TEXT_COPY(lines[kind].module, module);
                lines[kind].kind = (ReportKind) kind;
        }
        queue->n_lines += _REPORT_KIND_MAX;
        return lines;
}

int queue_new(const Settings *settings, const Clock *now, usec_t lost_since, Queue **ret) {
        const size_t lines_max = (settings->n_modules + STRAYS_MAX) * _REPORT_KIND_MAX;
        Queue *queue = calloc(1, sizeof *queue + lines_max * sizeof queue->lines[0]);

        if (!queue)
                return -ENOMEM;
        queue->max_reports = settings->uplink.spool_max_reports;
        queue->max_age = settings->uplink.spool_max_age;
        queue->reports = settings->uplink.reports;
        queue->count_due = true;
        queue->lines_max = lines_max;
        for (size_t i = 0; i < settings->n_modules; i++)
                queue_wake(queue, settings->modules[i].name); /* what an earlier run left */
        if (lost_since > 0) {
                queue->status.lost = true;
                queue->status.lost_since = lost_since;
                queue->hold.away_until = now->realtime;
        }
        *ret = queue;
        return 0;
}

Queue *queue_free(Queue *queue) {
        free(queue);
        return NULL;
}

Line *queue_line(Queue *queue, const char *module, ReportKind kind) {
        for (size_t i = kind; i < queue->n_lines; i += _REPORT_KIND_MAX)
                if (streq(queue->lines[i].module, module))
                        return &queue->lines[i];
        return NULL;
}

void queue_wake(Queue *queue, const char *module) {
        Line *line = queue_line(queue, module, (ReportKind) 0);

        if (!line)
                line = queue_add_lines(queue, module);
        if (!line)
                return;
        for (size_t kind = 0; kind < _REPORT_KIND_MAX; kind++)
                line[kind].waiting = true;
        if (queue->trusted_wakes > 0)
                queue->trusted_wakes--;
        else
                queue->count_due = true;
}

void queue_flush(Queue *queue) {
        hold_expire(&queue->hold);
        for (size_t i = 0; i < queue->n_lines; i++)
                hold_expire(&queue->lines[i].hold);
        kinds_expire(queue);
}

bool queue_has_room(const Turn *turn) {
        Queue *queue = turn->queue;

        if (queue->full_until > turn->now->boottime)
                return false;
        if (!turn->host->room || turn->host->room(turn->userdata))
                return true;
        queue->full_until = usec_add(turn->now->boottime, FULL_INTERVAL);
        return false;
}

/* taking */

/* The first report of the line that is young enough to be sent, and wanted. */
static bool line_next(const Turn *turn, Line *line, ReportRow *ret) {
        const Queue *queue = turn->queue;
        uint64_t after = line->settled;

        for (unsigned drops = 0; drops < DROPS_PER_TAKE_MAX; drops++) {
                if (turn->host->next(turn->userdata, line->module, line->kind, after, ret) < 0) {
                        line->waiting = false;
                        hold_release(&line->hold, turn->now); /* what was held is gone */
                        return false;
                }
                after = ret->id;
                if (queue_gave_way(queue, ret->id))
                        continue;
                if (!queue_too_old(queue, turn->now, ret) && queue_wants(queue, line->kind))
                        return true;
                if (!queue_has_room(turn))
                        return false;
                line->settled = ret->id;
                queue_drop(turn, ret);
        }
        line->hold.next = turn->now->boottime; /* go on in the next turn */
        return false;
}

static bool line_may_send(const Turn *turn, const Line *line) {
        return line->waiting && !line->in_flight && hold_allows(&line->hold, turn->now) &&
               kind_may_send(turn, line->kind);
}

static void line_leave(const Turn *turn, Line *line, uint64_t id) {
        Queue *queue = turn->queue;

        line->in_flight = true;
        line->taken = id;
        line->era = queue->era;
        queue->in_flight++;
        queue->kinds[line->kind].in_flight++;
        queue->cursor = (size_t) (line - queue->lines) + 1;
}

static bool queue_take_any(const Turn *turn, ReportRow *ret, bool *ret_late) {
        Queue *queue = turn->queue;

        for (size_t i = 0; i < queue->n_lines; i++) {
                Line *line = &queue->lines[(queue->cursor + i) % queue->n_lines];

                if (!line_may_send(turn, line) || !line_next(turn, line, ret))
                        continue;
                line_leave(turn, line, ret->id);
                *ret_late = hold_delayed(&queue->hold, ret->created) ||
                            hold_delayed(&line->hold, ret->created);
                return true;
        }
        return false;
}

/* While the server is silent one report at a time goes as a probe. */
static bool queue_may_send(const Turn *turn) {
        const Queue *queue = turn->queue;

        return queue_has_room(turn) &&
               (queue->hold.failures == 0 ||
                (queue->in_flight == 0 && hold_allows(&queue->hold, turn->now)));
}

void queue_trim(Queue *queue, const Clock *now, const QueueHost *host, void *userdata) {
        const Turn turn = { queue, now, host, userdata };

        if (queue_has_room(&turn))
                queue_cap_number(&turn);
        queue_tell_overflow(&turn);
}

bool queue_take(Queue *queue, const Clock *now, const QueueHost *host, void *userdata,
                ReportRow *ret, bool *ret_late) {
        const Turn turn = { queue, now, host, userdata };
        bool taken;

        if (queue_has_room(&turn))
                queue_cap_number(&turn);
        taken = queue_may_send(&turn) && queue_take_any(&turn, ret, ret_late);
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
        status->lost_since = turn->now->realtime;
        turn->host->event(turn->userdata, "", EVENT_UPLINK_LOST, status->last_error, 0);
}

/* The uplink is restored when nothing is held back any more. */
void queue_restore(const Turn *turn) {
        Queue *queue = turn->queue;

        if (!queue->status.lost || queue->hold.failures > 0)
                return;
        for (size_t i = 0; i < queue->n_lines; i++)
                if (queue->lines[i].hold.failures > 0)
                        return;
        queue->status.lost = false;
        queue->status.lost_since = 0;
        turn->host->event(turn->userdata, "", EVENT_UPLINK_RESTORED, NULL, 0);
}

static void queue_unanswered(const Turn *turn, const Line *line) {
        Queue *queue = turn->queue;

        if (line->era != queue->era)
                return; /* it left before the failure that is known already */
        queue->era++;
        hold_extend(&queue->hold, turn->now, &queue->random);
        queue_lose(turn);
}

static void line_hold(const Turn *turn, Line *line) {
        if (kind_failed(turn, line->kind))
                return; /* set aside: nobody waits for it */
        hold_extend(&line->hold, turn->now, &turn->queue->random);
        queue_lose(turn);
}

static void line_settle(const Turn *turn, Line *line, uint64_t id, Settlement settlement) {
        line->settled = MAX_OF(line->settled, id);
        hold_release(&line->hold, turn->now);
        turn->host->settle(turn->userdata, id, settlement);
        queue_restore(turn);
}

static bool is_too_often(unsigned *refusals) {
        *refusals = MIN_OF(*refusals + 1, (unsigned) REFUSALS_MAX);
        return *refusals >= REFUSALS_MAX;
}

/* Is it this report's fault? Not when so many in a row are refused: of one line, of one kind or of
 * all. */
static bool refusal_is_final(Queue *queue, Line *line) {
        const bool of_all = is_too_often(&queue->refusals);
        const bool of_kind = is_too_often(&queue->kinds[line->kind].refusals);

        return !is_too_often(&line->refusals) && !of_kind && !of_all;
}

static void line_refused(const Turn *turn, Line *line, const ReportRow *report, const char *why) {
        char data[160];
        Text text;

        text_init(&text, data, sizeof data);
        text_add(&text, report_kind_to_string(line->kind));
        if (line->kind == REPORT_UPLINK)
                text_printf(&text, " with FCntUp %u", report->fcnt_up);
        text_printf(&text, ": %s", why);
        turn->host->event(turn->userdata, line->module, EVENT_REPORT_REFUSED, data, 0);
        line_settle(turn, line, report->id, SETTLEMENT_REFUSED);
}

static void line_judge(const Turn *turn, Line *line, const ReportRow *report, int status) {
        Queue *queue = turn->queue;
        char why[32];
        Text text;

        switch (meaning_of(status)) {
        case MEANING_ACCEPTED:
                queue->refusals = queue->kinds[line->kind].refusals = line->refusals = 0;
                kind_passed(turn, line->kind);
                line_settle(turn, line, report->id, SETTLEMENT_ACCEPTED);
                return;
        case MEANING_REFUSED:
                if (!refusal_is_final(queue, line))
                        break;
                text_init(&text, why, sizeof why);
                text_printf(&text, "HTTP status %d", status);
                line_refused(turn, line, report, why);
                return;
        case MEANING_HOLD:
                break;
        }
        line_hold(turn, line);
}

static void queue_note_answer(const Turn *turn, const Line *line, const ReportAnswer *answer) {
        UplinkStatus *to = &turn->queue->status;
        const char *error = answer->error;
        Text text;

        text_init(&text, to->last_error, sizeof to->last_error);
        to->last_status = answer->status;
        if (answer->status == 0) {
                text_add(&text, error && error[0] != '\0' ? error : "no answer");
                return;
        }
        to->last_realtime = turn->now->realtime;
        to->slow += answer->took > SLOW;
        if (meaning_of(answer->status) == MEANING_ACCEPTED)
                return;
        text_add(&text, line->module);
        if (line->kind != REPORT_UPLINK)
                text_printf(&text, " (%s)", report_kind_to_string(line->kind));
        text_printf(&text, ": HTTP status %d", answer->status);
}

/* The line of a report that is not on its way any more; NULL: it was not. */
static Line *queue_land(Queue *queue, const ReportRow *report) {
        Line *line = queue_line(queue, report->module, report->kind);

        if (!line || !line->in_flight)
                return NULL;
        assert(queue->in_flight > 0);
        line->in_flight = false;
        queue->in_flight--;
        queue->kinds[line->kind].in_flight--;
        return line;
}

void queue_answered(Queue *queue, const Clock *now, const QueueHost *host, void *userdata,
                    const ReportRow *report, const ReportAnswer *answer) {
        const Turn turn = { queue, now, host, userdata };
        Line *line = queue_land(queue, report);

        if (!line)
                return;
        if (answer->unsendable) {
                line_refused(&turn, line, report, answer->error);
                return;
        }
        queue_note_answer(&turn, line, answer);
        if (answer->status == 0) {
                queue_unanswered(&turn, line);
                return;
        }
        hold_release(&queue->hold, now); /* the server is there, whatever it says */
        line_judge(&turn, line, report, answer->status);
}

void queue_returned(Queue *queue, const ReportRow *report) {
        (void) queue_land(queue, report);
}

/* looking */

usec_t queue_deadline(const Queue *queue) {
        usec_t first = USEC_INFINITY;

        for (size_t i = 0; i < queue->n_lines; i++) {
                const Line *line = &queue->lines[i];
                usec_t next = MAX_OF(line->hold.next, queue->hold.next);

                next = MAX_OF(next, queue->kinds[line->kind].probe_at);
                next = MAX_OF(next, queue->full_until);
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
        ret->set_aside = kinds_set_aside(queue);
        ret->spool = spool;
}
