/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A person gives an update up. The module can't be told to forget its package: what it has or asks
 * about is put off, and a session that would bring one is closed. */

#include "core/turn.h"

/* A person's cancel can't refuse the module's request, only put it off. */
#define CANCEL_DEFER USEC_PER_DAY

/* All of the package, or a part that the module goes on to fetch whatever it is told, also when its
 * port was away since. */
static bool may_hold_package(const Module *m) {
        const ModuleRecord *record = &m->record;
        const State state = record->state;

        if (job_source_is_pushed(m->job.source))
                return record->act.verb == VERB_PUSH;
        return state == STATE_DOWNLOADING || state == STATE_SUSPENDED || state == STATE_VERIFYING ||
               record->package_bytes > 0 || record->progress_percent > 0 ||
               (verb_is_grant(record->act.verb) && record->act.state != ACT_NONE &&
                record->act.action == ACTION_DOWNLOAD);
}

/* What was cancelled is neither fetched nor installed today. */
static void put_off_cancelled(Module *m, const char *by) {
        const bool asked = is_request_open(m);
        const Action action = m->record.request.action;

        if (asked)
                module_put_off(m, action, CANCEL_DEFER, by);
        if (is_one_question(m))
                module_put_off(m, ACTION_INSTALL, CANCEL_DEFER, by);
        else if (!(asked && action_needs_package(action)) && may_hold_package(m)) {
                module_put_off(m, ACTION_INSTALL, CANCEL_DEFER, by);
                if (!job_source_is_pushed(m->job.source))
                        module_put_off(m, ACTION_DOWNLOAD, CANCEL_DEFER, by);
        }
}

/* ... and what its session, perhaps only being opened yet, still brings before it is closed. */
static void close_cancelled(Module *m, const char *by) {
        const bool open = m->session_open || m->record.state == STATE_CONNECTING;

        m->disconnect_wanted = open && module_can(m, VERB_DISCONNECT) && !is_asked_for_package(m);
        (void) TEXT_COPY(m->cancelled_by, m->disconnect_wanted ? by : "");
}

void put_off_late(Module *m, Action action) {
        if (m->disconnect_wanted && m->cancelled_by[0] && !job_source_is_pushed(m->job.source))
                module_put_off(m, action, CANCEL_DEFER, m->cancelled_by);
}

void cancel_job(Module *m) {
        const char *by = m->fact.text ? m->fact.text : "";

        RECORD(m, EVENT_JOB_CANCELLED, D_TEXT("by", by));
        put_off_cancelled(m, by);
        if (is_own_request(m))
                close_request(m); /* nobody wants it any more, wherever the module is */
        if (m->record.request.open)
                module_date_request(m); /* how long it has waited is nothing to what comes next */
        if (!job_source_is_pushed(m->job.source))
                close_cancelled(m, by);
        module_job_end(m, OUTCOME_FAILED, REASON_CANCELLED);
}

void cancel_push(Module *m) {
        cancel_job(m);
        m->family->now = *module_now(m);
        m->settings->family->cancel_push(m->family);
}
