/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rows of this turn: events, the reports about them, jobs. A row gets its number here and is on
 * disk with the turn's one commit; while storage fails the rows wait in the batch, and when that is
 * full the oldest events give way and are counted. */

#include <stdio.h>

#include "core/frame.h"
#include "core/turn.h"

/* How many of the oldest events give way at once, so that a full batch does not move for every row.
 */
#define GIVE_WAY 32
/* A server's job is under way when fotad hears of it: so long no session is started for it. */
#define JOB_GRACE USEC_PER_MINUTE

static void batch_make_room(Gateway *gateway) {
        Batch *batch = &gateway->batch;

        if (batch->n_events < BATCH_EVENTS_MAX && batch->n_reports < BATCH_REPORTS_MAX)
                return;
        if (gateway->storage_ok && !gateway->settling && gateway_commit(gateway))
                return;
        if (batch->n_events >= BATCH_EVENTS_MAX) {
                batch->n_events -= GIVE_WAY;
                memmove(batch->events, batch->events + GIVE_WAY,
                        batch->n_events * sizeof(batch->events[0]));
                batch->lost_events += GIVE_WAY;
        }
        if (batch->n_reports >= BATCH_REPORTS_MAX) {
                batch->n_reports -= GIVE_WAY;
                memmove(batch->reports, batch->reports + GIVE_WAY,
                        batch->n_reports * sizeof(batch->reports[0]));
        }
}

EventRow *gateway_row(Gateway *gateway, const char *module, EventKind event) {
        batch_make_room(gateway);
        EventRow *row = gateway->batch.events + gateway->batch.n_events++;

        *row = (EventRow) {
                .sequence = ++gateway->last_event,
                .realtime = gateway->now.realtime,
                .event = event,
        };
        (void) TEXT_COPY(row->module, module);
        return row;
}

void gateway_row_detail(EventRow *row, const DetailArg *arg) {
        if (row->n_details >= DETAILS_MAX || !arg->key || (arg->text_value && !arg->text_value[0]))
                return;
        Detail *detail = row->details + row->n_details++;

        *detail =
                (Detail) { .key = arg->key, .is_number = !arg->text_value, .number = arg->number };
        if (arg->text_value)
                (void) TEXT_COPY(detail->text, arg->text_value);
}

/* A module, or what talks in its place, can say anything at any rate. What it causes is journalled
 * within a budget that no real module comes near; what decides and what ends a job always is. */
#define BUDGET_INTERVAL (10 * USEC_PER_SEC) /* one more event each */

static bool is_ours(const Module *module, EventKind event) {
        switch ((int) event) {
        case EVENT_AGREEMENT_ACCEPTED:
        case EVENT_AGREEMENT_DEFERRED:
        case EVENT_INSTALL_SUCCEEDED:
        case EVENT_INSTALL_FAILED:
        case EVENT_UNSANCTIONED_CHANGE:
        case EVENT_FIRMWARE_DENIED:
        case EVENT_PATH_ASKED:
        case EVENT_JOB_CREATED:
        case EVENT_JOB_CANCELLED:
        case EVENT_INHIBITOR_TAKEN:
        case EVENT_INHIBITOR_RELEASED:
        case EVENT_ORDERED:
        case EVENT_MODULE_STATUS:
        case EVENT_SESSION_GRANTED:
                return true;
        case EVENT_DOWNLOAD_FAILED:
        case EVENT_PACKAGE_REJECTED:
                return module->record.job != 0; /* which its own budget limits */
        case EVENT_INSTALL_STARTED:
                return verb_is_grant(module->record.act.verb); /* by our yes */
        default:
                return false;
        }
}

static bool budget_take(Module *module) {
        const usec_t now = module_now(module)->boottime;
        const usec_t gained = usec_sub(now, module->budget_at) / BUDGET_INTERVAL;

        if (gained > 0) {
                module->budget = (unsigned) MIN_OF(module->budget + gained, (usec_t) BUDGET_MAX);
                module->budget_at = now;
        }
        if (module->budget == 0) {
                module->lines_dropped++; /* told with the next line-dropped */
                return false;
        }
        module->budget--;
        return true;
}

ReportRow *gateway_report_row(Gateway *gateway) {
        batch_make_room(gateway);
        return gateway->batch.reports + gateway->batch.n_reports++;
}

void module_record(Module *module, EventKind event, const DetailArg *details, size_t n_details) {
        if (!is_ours(module, event) && !budget_take(module))
                return;
        EventRow *row = gateway_row(module->gateway, module->settings->name, event);

        row->state = module->target;
        row->job = module->record.job;
        for (size_t i = 0; i < n_details; i++)
                gateway_row_detail(row, details + i);
        if (event == EVENT_INSTALL_SUCCEEDED || event == EVENT_INSTALL_FAILED)
                module_note_install(module, row);
        const EventRow copy = *row; /* making room for the report may move it */
        module_report(module, &copy);
        module_mark(module);
}

void module_record_decision(Module *module, EventKind event, const Verdict *verdict,
                            const DetailArg *details, size_t n_details) {
        DetailArg all[DETAILS_MAX];
        const char *name = module->settings->policy.name;
        const DetailArg why[] = {
                D_TEXT("because", verdict->findings[verdict->because].text),
                D_TEXT("rule", rule_to_string(verdict->because)),
                D_TEXT("policy", name[0] ? name : "(built-in)"),
                D_TEXT("policy_version", module->policy_version),
        };
        const size_t n = MIN_OF(n_details, DETAILS_MAX - ELEMENTSOF(why));

        memcpy(all, details, n * sizeof(all[0]));
        memcpy(all + n, why, sizeof(why));
        module_record(module, event, all, n + ELEMENTSOF(why));
}

void module_job_save(Module *module) {
        Batch *batch = &module->gateway->batch;

        for (size_t i = 0; i < batch->n_jobs; i++)
                if (batch->jobs[i].id == module->job.id) {
                        batch->jobs[i] = module->job;
                        return;
                }
        if (batch->n_jobs < ELEMENTSOF(batch->jobs))
                batch->jobs[batch->n_jobs++] = module->job;
}

/* Somebody wants it, now. */
static bool is_order(JobSource source) {
        return source == JOB_SOURCE_PERSON || job_source_is_pushed(source);
}

void module_job_begin(Module *module, JobSource source, const char *by) {
        Gateway *gateway = module->gateway;

        if (module->record.job || (!is_order(source) && !budget_take(module)))
                return;
        module->job = (JobRow) {
                .id = ++gateway->last_job,
                .source = source,
                .since = gateway->now.realtime,
                .package_bytes = module->record.package_bytes,
        };
        (void) TEXT_COPY(module->job.module, module->settings->name);
        (void) TEXT_COPY(module->job.by, by);
        (void) TEXT_COPY(module->job.from, module->record.firmware);
        module->record.job = module->job.id;
        module->stalls = 0;
        module->job_until = usec_add(gateway->now.boottime, JOB_MAX);
        module->empty_sessions = 0;
        if (!is_order(source)) /* what started it may go on by itself */
                module->connect_at =
                        MAX_OF(module->connect_at, module_now(module)->boottime + JOB_GRACE);
        module_job_save(module);
        RECORD(module, EVENT_JOB_CREATED, D_TEXT("source", job_source_to_string(source)),
               D_TEXT("by", by), D_TEXT("from", module->job.from));
}

static bool asks_for_package(const ModuleRecord *record) {
        return record->request.open && action_needs_package(record->request.action);
}

void module_job_end(Module *module, Outcome outcome, Reason reason) {
        module->record.unattended = false;
        if (!module->record.job)
                return;
        module->job.finished = module->gateway->now.realtime;
        module->job.outcome = outcome;
        module->job.reason = reason;
        (void) TEXT_COPY(module->job.to, module->record.firmware);
        module_job_save(module);
        module->last_job = module->job;
        module->job = (JobRow) { 0 };
        module->record.job = 0;
        module->record.wanted_session = false;
        if (!job_source_is_pushed(module->last_job.source))
                module->record.suspended = false; /* it was about this one */
        module->record.consent = (Consent) { 0 };
        module_push_forget(module);
        module->record.hop_to[0] = module->record.chain_to[0] = '\0';
        /* the package is still there when only our part of it ended: its size is not told again */
        if (!asks_for_package(&module->record) &&
            ((reason != REASON_CANCELLED && reason != REASON_PORT_LOST) ||
             job_source_is_pushed(module->last_job.source))) {
                module->record.progress_percent = 0;
                module->record.package_bytes = module->record.remaining_bytes = 0;
                module->told_percent = 0;
        }
        module_mark(module);
}

static const char *const job_sources[] = {
        [JOB_SOURCE_SERVER] = "server",       [JOB_SOURCE_PERSON] = "person",
        [JOB_SOURCE_MODULE] = "module",       [JOB_SOURCE_FILE] = "file",
        [JOB_SOURCE_CATALOGUE] = "catalogue", [JOB_SOURCE_AUTOMATIC] = "automatic",
};
DEFINE_STRING_TABLE(job_source, JobSource, job_sources)
