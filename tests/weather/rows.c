/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rows on disk: their numbers, what they claim, and whether they hold all that fotad has decided.
 */

#include "weather/run.h"

#define READ_MAX USEC_PER_MINUTE

static size_t module_of(const char *name) {
        return (size_t) (name[strlen("modem")] - '0');
}

/* What was decided in a turn that could not write it is undone: an event leaves its number unused,
 * and the number of an act is that of the next. */
static bool may_be_undone(const Watch *watch) {
        return watch->world->disk_full ||
               (watch->unwritable && run_now(watch->run) < watch->unwritable + USEC_PER_HOUR);
}

/* Module time of what a row dates, which may have been written hours later, and the clock been set
 * meanwhile. */
static usec_t happened_at(const Watch *watch, usec_t realtime) {
        const int64_t now = (int64_t) run_now(watch->run);
        int64_t at = now - ((int64_t) watch->world->now.realtime - (int64_t) realtime);

        /* by the clock of before, if it can be */
        if (at < (int64_t) watch->jumped || at > now ||
            (at < now - (int64_t) READ_MAX && at + watch->jump < (int64_t) watch->jumped))
                at += watch->jump;
        return (usec_t) MAX_OF(MIN_OF(at, now), (int64_t) 0);
}

/* events */

static const EventRow *known_row(const Watch *watch, uint64_t sequence) {
        const EventRow *row = watch->rows + sequence % WATCH_ROWS;

        return row->sequence == sequence ? row : NULL;
}

/* Its row may come later, when the disk was full. */
static void note_install(const Watch *watch, WatchModule *m, const EventRow *row) {
        m->result_due = true;
        m->install = (Install) {
                .row = row->sequence,
                .succeeded = row->event == EVENT_INSTALL_SUCCEEDED,
                .at = happened_at(watch, row->realtime),
                .boots = watch->boots,
                .jumps = watch->jumps,
        };
}

/* What it means for what may follow. */
static void note_event(Watch *watch, const EventRow *row) {
        WatchModule *m = row->module[0] ? watch->modules + module_of(row->module) : NULL;

        if (m && row->event == EVENT_AGREEMENT_REQUESTED &&
            watch->run->plan->modules[module_of(row->module)].telit)
                watch_asked(watch, module_of(row->module), ACTION_INSTALL); /* fotad itself, perhaps
                                                                             */
        if (m && (row->event == EVENT_INSTALL_SUCCEEDED || row->event == EVENT_INSTALL_FAILED))
                note_install(watch, m, row);
        if (m && row->event == EVENT_INSTALL_SUCCEEDED)
                promise_forget(watch, module_of(row->module)); /* what is told of it now is of
                                                                  another update */
        watch->deeds.grants += row->event == EVENT_AGREEMENT_ACCEPTED;
        watch->deeds.installs += row->event == EVENT_INSTALL_SUCCEEDED;
        if (m && row->event == EVENT_AGREEMENT_ACCEPTED)
                memset(m->again, 0, sizeof(m->again));
        if (m && (row->event == EVENT_AGREEMENT_ACCEPTED || row->event == EVENT_REISSUE_WANTED))
                m->job_since = run_now(watch->run); /* nothing moves it any more from then on */
        if (m && row->event == EVENT_SESSION_OPENED) {
                m->result_due = false;
                m->first[ACTION_CONNECT] = m->again[ACTION_CONNECT] = 0;
        }
}

/* A commit that failed may have reached the disk: then its rows come again, as they were. */
static void take_event(Watch *watch, const EventRow *row) {
        const EventRow *known = known_row(watch, row->sequence);

        (void) watch_check(watch, LAW_NUMBER,
                           row->sequence > watch->last_event ||
                                   (known && known->event == row->event &&
                                    known->realtime == row->realtime &&
                                    streq(known->module, row->module)),
                           "event %llu (%s) is given again", (unsigned long long) row->sequence,
                           event_kind_to_string(row->event));
        if (row->sequence > watch->last_event)
                note_event(watch, row);
        watch->last_event = MAX_OF(watch->last_event, row->sequence);
        watch->newest_row = MAX_OF(watch->newest_row, row->realtime);
        watch->rows[row->sequence % WATCH_ROWS] = *row;
}

void watch_published(Watch *watch, const EventRow *row) {
        if (row->event == EVENT_STORAGE_FAILED) {
                watch->unwritable = run_now(watch->run); /* perhaps for less than a turn */
                return;                                  /* told at once: it may never be on disk */
        }
        (void) watch_check(watch, LAW_ONCE,
                           row->sequence <= watch->last_event &&
                                   (row->sequence == watch->last_told + 1 ||
                                    (may_be_undone(watch) && row->sequence > watch->last_told)),
                           "event %llu (%s) is told behind %llu, the newest on disk is %llu",
                           (unsigned long long) row->sequence, event_kind_to_string(row->event),
                           (unsigned long long) watch->last_told,
                           (unsigned long long) watch->last_event);
        watch->last_told = row->sequence;
}

/* jobs */

/* It ends only when the module, which asks anew already, has been read. Module time. */
static usec_t anew_from(const Watch *watch, const JobRow *job) {
        return usec_sub(happened_at(watch, job->finished), READ_MAX);
}

static bool was_asked_since(const WatchModule *m, Action action, usec_t from) {
        return m->first[action] && m->first[action] >= from;
}

/* It ran the new version already, which nobody could read for a while. */
static bool is_of_new(const WatchModule *m, const Asked *asked, const JobRow *job) {
        return job->outcome == OUTCOME_SUCCEEDED && asked->at >= m->changed;
}

/* First is what it asked since then, if anything. */
static void ask_anew(WatchModule *m, Action action, const JobRow *job, usec_t from) {
        const Asked *first = NULL;

        for (size_t i = 0; i < ASKS_MAX; i++) {
                const Asked *asked = &m->asks[action][i];
                if (asked->at && (asked->at >= from || is_of_new(m, asked, job)) &&
                    (!first || asked->at < first->at))
                        first = asked;
        }
        m->first[action] = first ? first->at : 0;
        if (!first)
                return;
        m->first_realtime[action] = first->realtime;
        m->first_boot[action] = first->boots;
}

/* The disk may have been full when it ended, and another update be over since. A clock that jumps
 * does not tell when. */
static bool has_run(const WatchModule *m, const JobRow *job, unsigned jumps) {
        for (size_t i = 0; i < RAN_MAX; i++)
                if ((job->finished <= m->ran[i].until || jumps > 0) &&
                    streq(m->ran[i].firmware, job->to))
                        return true;
        return false;
}

static void end_job(Watch *watch, const JobRow *job) {
        WatchModule *m = watch->modules + module_of(job->module);
        const usec_t from = anew_from(watch, job);
        SimFacts facts;

        sim_facts(watch->world->modules[module_of(job->module)].sim, &facts);
        const bool ran = has_run(m, job, watch->jumps);
        (void) watch_check(
                watch, LAW_EVIDENCE,
                job->outcome != OUTCOME_SUCCEEDED ||
                        ((ran || streq(facts.firmware, job->to)) && !streq(job->to, job->from)),
                "job %llu of %s succeeded from %s to %s, and it runs %s",
                (unsigned long long) job->id, job->module, job->from, job->to, facts.firmware);
        m->job = 0;
        m->suspended = false;
        for (Action action = 0; action < _ACTION_MAX; action++) {
                m->words[action].yes = false;
                m->again[action] = was_asked_since(m, action, from) ? m->again[action] : 0;
        }
        if (job->reason != REASON_CANCELLED && job->reason != REASON_PORT_LOST &&
            m->told_realtime < job->finished) {
                m->told_ended = true;
                if (m->told_of == 0 || m->told_of != facts.package_bytes)
                        m->told_bytes = 0; /* else it is still there, its size not told again */
        }
        /* what the module asks still, it asks since then: a person only gave the job up */
        if (job->reason == REASON_CANCELLED)
                return;
        if (!facts.download_asked && !was_asked_since(m, ACTION_DOWNLOAD, from))
                ask_anew(m, ACTION_DOWNLOAD, job, from);
        if (!facts.install_asked && !was_asked_since(m, ACTION_INSTALL, from))
                ask_anew(m, ACTION_INSTALL, job, from);
}

static void begin_job(Watch *watch, const JobRow *job) {
        WatchModule *m = watch->modules + module_of(job->module);

        watch->last_job = MAX_OF(watch->last_job, job->id);
        m->job = m->newest_job = job->id;
        m->job_since = run_now(watch->run);
        m->job_jumps = watch->jumps;
}

void watch_found(Watch *watch, const JobRow *job) {
        if (watch->modules[module_of(job->module)].job != job->id)
                begin_job(watch, job);
}

static void take_job(Watch *watch, const JobRow *job) {
        WatchModule *m = watch->modules + module_of(job->module);

        if (job->id > watch->last_job)
                begin_job(watch, job);
        (void) watch_check(watch, LAW_NUMBER, job->id == m->newest_job || may_be_undone(watch),
                           "job %llu is given to %s, which has had %llu",
                           (unsigned long long) job->id, job->module,
                           (unsigned long long) m->newest_job);
        if (job->finished && m->job == job->id)
                end_job(watch, job);
}

/* What is said to a module has a number, which its row keeps until the next. */
static void take_act(Watch *watch, const ModuleRecord *record) {
        Act *act = &watch->modules[module_of(record->name)].act;

        if (record->act.sequence == 0)
                return;
        (void) watch_check(
                watch, LAW_NUMBER,
                record->act.sequence > watch->last_act || may_be_undone(watch) ||
                        (record->act.sequence == act->sequence && record->act.verb == act->verb),
                "act %llu of %s is given again", (unsigned long long) record->act.sequence,
                record->name);
        watch->last_act = MAX_OF(watch->last_act, record->act.sequence);
        *act = record->act;
}

/* reports */

static bool is_known_report(const ReportMark *known, const ReportMark *mark) {
        return known->id == mark->id && known->module == mark->module &&
               known->kind == mark->kind && known->fcnt_up == mark->fcnt_up &&
               known->created == mark->created && known->event == mark->event;
}

/* As take_event(). */
static void take_report(Watch *watch, const ReportRow *report) {
        WatchModule *m = watch->modules + module_of(report->module);
        ReportMark *known = watch->reports + report->id % WATCH_ROWS;
        const ReportMark mark = { .id = report->id,
                                  .module = module_of(report->module),
                                  .kind = report->kind,
                                  .fcnt_up = report->fcnt_up,
                                  .created = report->created,
                                  .event = report->payload[0] };

        (void) watch_check(watch, LAW_NUMBER,
                           report->id > watch->last_report || is_known_report(known, &mark),
                           "report %llu of %s is given again", (unsigned long long) report->id,
                           report->module);
        *known = mark;
        if (report->id <= watch->last_report)
                return;
        watch->last_report = report->id;
        if (report->kind != REPORT_UPLINK)
                return;
        (void) watch_check(watch, LAW_NUMBER, !m->any_report || report->fcnt_up > m->fcnt_up,
                           "%s: FCntUp %u comes behind %u", report->module, report->fcnt_up,
                           m->fcnt_up);
        m->any_report = true;
        m->fcnt_up = report->fcnt_up;
}

/* The place of the next uplink at or behind `at`; their number: there is none. */
static size_t next_uplink(const Batch *batch, size_t at) {
        while (at < batch->n_reports && batch->reports[at].kind != REPORT_UPLINK)
                at++;
        return at;
}

static bool is_report_of(const ReportRow *report, const EventRow *row) {
        return streq(report->module, row->module) && report->created == row->realtime &&
               report->payload[0] == (uint8_t) row->event;
}

/* Each event of a module has its report with it, in the same order, and there is no other: here
 * every kind is reported (sim/world.c), once it is known who the module is. */
static void check_reports(Watch *watch, const Batch *batch) {
        size_t at = next_uplink(batch, 0);

        if (batch->lost_events > 0)
                return; /* some gave way, of those that wait for the disk, and are counted */
        for (size_t i = 0; i < batch->n_events; i++) {
                const EventRow *row = batch->events + i;
                if (!row->module[0])
                        continue;
                WatchModule *m = watch->modules + module_of(row->module);
                const bool reported =
                        at < batch->n_reports && is_report_of(batch->reports + at, row);

                m->identified |= reported || row->event == EVENT_MODULE_IDENTIFIED;
                (void) watch_check(watch, LAW_ONCE, reported || !m->identified,
                                   "event %llu (%s) of %s has no report",
                                   (unsigned long long) row->sequence,
                                   event_kind_to_string(row->event), row->module);
                at = reported ? next_uplink(batch, at + 1) : at;
        }
        if (at < batch->n_reports)
                (void) watch_check(watch, LAW_ONCE, false,
                                   "report %llu of %s is of no event, or its event has another",
                                   (unsigned long long) batch->reports[at].id,
                                   batch->reports[at].module);
}

void watch_committed(Watch *watch, const Batch *batch) {
        watch->inputs += batch->n_modules > 0 || batch->n_jobs > 0;
        (void) watch_check(watch, LAW_CAP,
                           batch->n_events <= BATCH_EVENTS_MAX &&
                                   batch->n_reports <= BATCH_REPORTS_MAX &&
                                   batch->n_settled <= BATCH_SETTLED_MAX,
                           "a batch is larger than it may be");
        check_reports(watch, batch);
        for (size_t i = 0; i < batch->n_events; i++)
                take_event(watch, batch->events + i);
        for (size_t i = 0; i < batch->n_jobs; i++)
                take_job(watch, batch->jobs + i);
        for (size_t i = 0; i < batch->n_reports; i++)
                take_report(watch, batch->reports + i);
        for (size_t i = 0; i < batch->n_modules; i++)
                take_act(watch, batch->modules[i]);
        for (size_t i = 0; i < batch->n_modules; i++)
                watch->newest_row = MAX_OF(watch->newest_row, batch->modules[i]->state_since);
}

/* what fotad thinks */

/* Of a module that is away nothing is to be kept but what people said. */
const char *rows_difference(const ModuleRecord *a, const ModuleRecord *b) {
        if (a->state != b->state && b->state != STATE_ABSENT)
                return "state";
        if (a->job != b->job)
                return "job";
        if (memcmp(&a->consent, &b->consent, sizeof(a->consent)) != 0 ||
            (a->consent.given && a->consent_action != b->consent_action))
                return "consent";
        if (memcmp(a->deferrals, b->deferrals, sizeof(a->deferrals)) != 0 ||
            memcmp(a->put_off, b->put_off, sizeof(a->put_off)) != 0)
                return "deferral";
        if (a->suspended != b->suspended || a->wanted_session != b->wanted_session)
                return "session";
        if (a->request.open != b->request.open || a->request.action != b->request.action ||
            a->request.own != b->request.own ||
            a->request.first_realtime != b->request.first_realtime)
                return "request";
        if (a->answer.kind != b->answer.kind ||
            a->answer.until_realtime != b->answer.until_realtime)
                return "answer";
        if (a->act.sequence != b->act.sequence || a->act.verb != b->act.verb ||
            a->act.action != b->act.action)
                return "act";
        if (a->push_wanted != b->push_wanted || !streq(a->hop_to, b->hop_to) ||
            !streq(a->chain_to, b->chain_to))
                return "push";
        if (a->unattended != b->unattended || a->result_due != b->result_due ||
            !streq(a->version_before, b->version_before) || !streq(a->firmware, b->firmware))
                return "install";
        if (a->registration.state != b->registration.state ||
            a->snapshot.taken != b->snapshot.taken ||
            a->snapshot.restore_due != b->snapshot.restore_due)
                return "settings";
        return a->fcnt_up != b->fcnt_up ? "FCntUp" : NULL;
}

/* Only on the simulated disk, where looking costs nothing. */
void rows_compare(Watch *watch) {
        const World *world = watch->world;

        if (!world->disk || !world->gateway || !gateway_storage_ok(world->gateway))
                return;
        for (size_t i = 0; i < watch->run->plan->n_modules; i++) {
                const DiskModule *row = watch->run->disk.modules + i;
                const ModuleView view = world_view(world, i);
                const char *what = row->known ? rows_difference(&row->record, view.record) : NULL;
                (void) watch_check(watch, LAW_DISK, !what,
                                   "modem%zu: its %s is not on disk as fotad has it", i,
                                   what ? what : "");
        }
}
