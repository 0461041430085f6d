/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The orders of lifecycle rows, second part: the package, its download and install, and how a job
 * ends. Like those of actions.c none of them moves the module. */

#include <stdio.h>

#include "base/version.h"
#include "core/turn.h"

#define PROGRESS_STEP 10 /* percent between two journal rows */
#define SIZE_WAIT (5 * USEC_PER_SEC)
/* A module that was silent and now asks is looked at after so long at the latest. */
#define LOOK_SOON (10 * USEC_PER_SEC)
#define SUCCESS_LATE_MAX USEC_PER_MINUTE
/* After a restart the module tells its update server. */
#define TOLD_MAX (30 * USEC_PER_MINUTE)
/* A proof takes two minutes at most. */
#define EARLY_MAX (3 * USEC_PER_MINUTE)

static usec_t boottime(const Module *m) {
        return module_now(m)->boottime;
}

/* the package */

static JobSource source_of_fact(const Module *m) {
        return m->record.wanted_session ? JOB_SOURCE_PERSON : JOB_SOURCE_SERVER;
}

/* More than can be left of the package that is known: it is another one. */
static bool is_other_package(const Module *m, uint64_t remaining) {
        const uint64_t left = 100 - MIN_OF(m->record.progress_percent, 100U);

        return m->record.package_bytes > 0 &&
               remaining > m->record.package_bytes / 100 * (left + 1) + 100;
}

/* While it waits for its yes nothing is fetched, and what is left stays the same. */
static bool is_other_than_asked(const Module *m, uint64_t remaining) {
        const Request *request = &m->record.request;

        return record_waits(&m->record) && request->action == ACTION_DOWNLOAD &&
               m->record.progress_percent == 0 && request->bytes > 0 && remaining > 0 &&
               remaining != request->bytes;
}

/* The request had a yes; whether that was taken is for the caller to see. */
static bool has_had_yes(const Module *m) {
        const Act *act = &m->record.act;
        const Request *request = &m->record.request;

        return verb_is_grant(act->verb) && act->action == request->action &&
               request->first_boottime > 1 && act->boottime >= request->first_boottime;
}

/* The first whose size is told, behind a yes that was refused: what that was for is not this. */
static bool is_first_since_yes(const Module *m) {
        return m->record.package_bytes == 0 && m->record.request.open &&
               m->record.answer.kind == ANSWER_REFUSED && has_had_yes(m);
}

/* What the module asks for is the pushed package only once that went over the line; else the server
 * was first, and the push gives way. */
void supersede_push(Module *m, Action action) {
        if (!m->record.push_wanted)
                return;
        if (action == ACTION_INSTALL && m->record.act.verb == VERB_PUSH &&
            m->record.act.state != ACT_NONE) {
                module_push_forget(m); /* fotad went down before it heard the end of the transfer */
                return;
        }
        RECORD_PLAIN(m, EVENT_JOB_SUPERSEDED);
        module_job_end(m, OUTCOME_SUPERSEDED, REASON_AGREEMENT_PENDING);
        m->record.package_bytes = m->record.remaining_bytes = 0; /* were those of the file */
}

void note_offered(Module *m) {
        const uint64_t bytes = m->fact.number > 0 ? (uint64_t) m->fact.number : 0;
        const bool news = !m->offered_since_session || m->record.remaining_bytes != bytes;

        if (m->record.act.verb != VERB_PUSH || m->record.act.state == ACT_NONE)
                supersede_push(m, ACTION_DOWNLOAD);
        m->offered_since_session = true;
        m->record.remaining_bytes = bytes;
        m->session_needed = boottime(m);
        m->other_since_grant |= is_other_than_asked(m, bytes);
        if (is_other_package(m, bytes) || is_first_since_yes(m)) {
                m->record.progress_percent = m->told_percent = 0;
                m->other_since_grant |= bytes > m->record.package_bytes; /* no doubled line */
        }
        if (!m->record.package_bytes || m->record.progress_percent == 0)
                m->record.package_bytes = bytes;
        module_bind_consent(m);
        if (m->record.request.open && m->record.request.action == ACTION_DOWNLOAD)
                m->record.request.bytes = m->record.package_bytes;
        put_off_late(m, ACTION_DOWNLOAD);
        module_job_begin(m, source_of_fact(m), "");
        if (bytes && m->job.package_bytes < bytes) {
                m->job.package_bytes = bytes;
                module_job_save(m);
        }
        if (news)
                RECORD(m, EVENT_PACKAGE_OFFERED, D_BYTES(bytes));
        module_mark(m);
}

/* The package that was offered last is another than the one that was asked for, or granted. */
static bool is_for_other(const Module *m, Action action) {
        return action == ACTION_DOWNLOAD && m->other_since_grant;
}

/* The yes never got there, or the server was told to ask again, and does: it has waited since it
 * was asked for first. */
static bool is_still_waited_for(const Module *m, Action action) {
        const Request *request = &m->record.request;

        return record_is_reissued(&m->record, action) ||
               (request->open && request->action == action && is_grant_unheard(m) &&
                !is_for_other(m, action));
}

/* Its update was given up: asked once more it is one for the next update. */
static bool is_given_up_request(const Module *m, Action action) {
        return action_needs_package(action) && !m->record.job;
}

/* A repeat of an open request only renews when it was last asked. */
void note_request(Module *m) {
        const Action action = (Action) m->fact.number;
        const Request *request = &m->record.request;
        const bool open = record_waits(&m->record), given_up = is_given_up_request(m, action);
        const bool repeat =
                open && request->action == action && !is_for_other(m, action) && !given_up;
        const bool again = repeat || (is_still_waited_for(m, action) && !given_up);

        module_asks_again(m);
        m->question_moot |= action_needs_package(action);
        if (m->start_at != USEC_INFINITY)
                m->start_at = MIN_OF(m->start_at, usec_add(boottime(m), LOOK_SOON));
        if (action == ACTION_CONNECT)
                m->connect_asked = boottime(m);
        if (open && action_needs_package(request->action) && !action_needs_package(action))
                return; /* one question at a time: the module repeats the lesser one */
        if (action_needs_package(action)) {
                m->stalls = 0;
                supersede_push(m, action);
                put_off_late(m, action);
                module_job_begin(m, source_of_fact(m), "");
        }
        module_open_request(m, action, action_needs_package(action) ? m->record.package_bytes : 0,
                            again);
        m->record.answer = (Answer) { 0 };
        m->other_since_grant &= action != ACTION_DOWNLOAD;
        m->judged &= repeat; /* why it waits is told once, not every time it is asked again */
        m->size_wait_until = usec_add(boottime(m), SIZE_WAIT);
        m->session_needed = boottime(m);
        if (!repeat)
                RECORD(m, EVENT_AGREEMENT_REQUESTED, D_TEXT("action", action_to_string(action)),
                       D_BYTES(request->bytes));
        module_mark(m);
}

/* What is still being said for it must not go on to what it was for; a yes that has left only waits
 * for its answer. */
void forget_grant(Module *m) {
        if (m->verb_runs && verb_is_grant(m->verb) &&
            (m->verb != VERB_ACCEPT || chat_is_waiting(m->chat)))
                module_forget_verbs(m);
        if (verb_is_grant(m->record.act.verb))
                m->record.act.state = ACT_NONE;
        module_mark(m);
}

void close_request(Module *m) {
        m->record.request = (Request) { 0 };
        m->record.answer = (Answer) { 0 };
        m->judged = false;
        module_mark(m);
}

/* One for a session, a reboot or an uninstall: a yes to it was to this one. */
void close_lesser_request(Module *m) {
        const Request *request = &m->record.request;

        if (!record_waits(&m->record) || action_needs_package(request->action))
                return;
        if (m->record.consent_action == request->action)
                m->record.consent = (Consent) { 0 };
        close_request(m);
}

void note_reissued(Module *m) {
        const Request request = m->record.request;

        close_request(m);
        m->record.request = (Request) {
                .action = request.action,
                .first_realtime = request.first_realtime,
                .first_boottime = request.first_boottime,
                .first_dated = request.first_dated,
        };
}

/* ERROR to our answer: the module does not take one now. An early answer during a deferral is not
 * repeated (the module asks again by itself). Else it waits for none: what it has forgotten, and
 * nobody can look for, is over. */
void note_answer_refused(Module *m) {
        const bool early = m->record.answer.kind == ANSWER_ACCEPTED &&
                           boottime(m) < m->record.answer.until_boottime;

        if (m->record.answer.kind == ANSWER_ACCEPTED)
                RECORD(m, EVENT_AGREEMENT_DEFERRED,
                       D_TEXT("action", action_to_string(m->record.request.action)),
                       D_TEXT("answer", "not taken"));
        forget_grant(m);
        m->record.answer.kind = ANSWER_REFUSED; /* until when it was deferred stays, for people */
        if (!early)
                close_lesser_request(m);
        module_mark(m);
}

/* It acts on its grant, whatever was heard of the answer itself. */
static void hear_download(Module *m) {
        m->grant_uncertain &= m->record.unattended;
        if (!verb_is_grant(m->record.act.verb) || m->record.act.action != ACTION_DOWNLOAD)
                return;
        m->grant_taken = true;
        if (m->record.act.state == ACT_INTENDED) {
                m->record.act.state = ACT_SENT;
                module_mark(m);
        }
}

void note_download_started(Module *m) {
        hear_download(m);
        module_expect_unattended(m);
        put_off_late(m, ACTION_INSTALL);
        module_job_begin(m, source_of_fact(m), "");
        if (m->record.request.action == ACTION_DOWNLOAD && m->record.answer.kind != ANSWER_ACCEPTED)
                close_request(m); /* it starts without us */
        m->offered_since_session = true;
        m->session_open = module_can(m, VERB_CONNECT);
        m->stalls = 0;
        m->missed = false;
        if (m->record.state != STATE_DOWNLOADING || m->record.act.action == ACTION_DOWNLOAD)
                RECORD(m, EVENT_DOWNLOAD_STARTED, D_BYTES(m->record.remaining_bytes));
        module_mark(m);
}

void note_progress(Module *m) {
        const unsigned percent = (unsigned) m->fact.number;

        if (m->record.state != STATE_DOWNLOADING)
                note_download_started(m);
        else
                hear_download(m);
        m->stalls = 0;
        m->record.progress_percent = percent;
        m->changed = true;
        if (percent < m->told_percent)
                m->told_percent = 0; /* it started over */
        if (percent >= m->told_percent + PROGRESS_STEP ||
            (percent == 100 && m->told_percent < 100)) {
                m->told_percent = percent;
                RECORD(m, EVENT_DOWNLOAD_PROGRESS, D_NUMBER("percent", percent),
                       D_BYTES(m->record.package_bytes));
        }
}

void note_suspended(Module *m) {
        if (m->record.request.action == ACTION_DOWNLOAD)
                close_request(m); /* it is asked again when it goes on */
        RECORD(m, EVENT_DOWNLOAD_SUSPENDED, D_NUMBER("percent", m->record.progress_percent));
}

void note_stored(Module *m) {
        module_expect_unattended(m);
        module_job_begin(m, source_of_fact(m), "");
        m->stalls = 0;
        m->record.progress_percent = 100;
        RECORD(m, EVENT_DOWNLOAD_COMPLETED, D_BYTES(m->record.package_bytes));
}

void note_certified(Module *m) {
        module_job_begin(m, source_of_fact(m), "");
        m->stalls = 0;
        RECORD_PLAIN(m, EVENT_PACKAGE_VERIFIED);
}

void note_stalled(Module *m) {
        m->stalls++;
}

/* ends */

static void tell_end(Module *m, EventKind event, Reason reason) {
        RECORD(m, event, D_TEXT("reason", reason_to_string(reason)));
}

/* What was heard of an install, or waited for, is nothing to the next update. */
static void forget_heard(Module *m) {
        m->heard_installed = m->heard_failed = m->heard_installing = false;
        m->watchdog_over = m->waited_for_verdict = m->grant_uncertain = false;
        m->overdue = REASON_NONE;
}

static void fail(Module *m, EventKind event, Reason reason) {
        tell_end(m, event, reason);
        close_request(m);
        forget_grant(m);
        forget_heard(m);
        module_job_end(m, OUTCOME_FAILED, reason);
}

void fail_download(Module *m) {
        fail(m, EVENT_DOWNLOAD_FAILED, m->fact.reason);
}

void fail_not_certified(Module *m) {
        const bool installs = m->record.job && module_installs(m); /* not by its word alone */

        if (installs)
                tell_end(m, EVENT_PACKAGE_REJECTED, REASON_PACKAGE_NOT_CERTIFIED);
        fail(m, installs ? EVENT_INSTALL_FAILED : EVENT_PACKAGE_REJECTED,
             REASON_PACKAGE_NOT_CERTIFIED);
}

void fail_transfer(Module *m) {
        fail(m, EVENT_DOWNLOAD_FAILED, REASON_TRANSFER_ERROR);
}

void fail_port_lost(Module *m) {
        fail(m, m->record.state == STATE_CONFIRMING ? EVENT_INSTALL_FAILED : EVENT_DOWNLOAD_FAILED,
             REASON_PORT_LOST);
}

void fail_no_package(Module *m) {
        fail(m, EVENT_DOWNLOAD_FAILED, REASON_NO_PACKAGE);
}

/* The module asked and now knows nothing of it any more: the server took the package back. */
void fail_withdrawn(Module *m) {
        fail(m, EVENT_DOWNLOAD_FAILED, REASON_CANCELLED);
}

/* Nobody and nothing moved it for so long that it can not be the same matter any more. */
void fail_expired(Module *m) {
        const Reason reason = m->blocked        ? m->blocked :
                              !m->port_open     ? REASON_PORT_LOST :
                              m->start_failures ? REASON_NO_RESPONSE :
                                                  REASON_TRANSFER_ERROR;

        fail(m, EVENT_DOWNLOAD_FAILED, reason);
}

/* The module waits for nothing after all; what it has left to do takes a session. */
void note_nothing_pending(Module *m) {
        m->grant_uncertain = false;
        m->stalls = 0;
        m->changed = true;
}

void fail_no_response(Module *m) {
        const bool installed = m->record.state == STATE_CONFIRMING;

        fail(m, installed ? EVENT_INSTALL_FAILED : EVENT_DOWNLOAD_FAILED, REASON_NO_RESPONSE);
        m->reconciled &= !installed; /* which version it runs, nobody has seen */
}

/* the install and its proof */

void note_installing(Module *m) {
        const bool first = !m->heard_installing;

        module_expect_unattended(m);
        m->heard_installing = true;
        if (first)
                m->launched_at = boottime(m);
        if (verb_is_grant(m->record.act.verb) && m->record.act.state != ACT_NONE)
                m->record.act.state = ACT_SEEN;
        module_hush(m);
        if (m->record.answer.kind != ANSWER_ACCEPTED || m->record.request.action != ACTION_INSTALL)
                module_job_begin(m, JOB_SOURCE_MODULE, "");
        if (!m->record.version_before[0])
                (void) TEXT_COPY(m->record.version_before, m->record.firmware);
        if (first)
                RECORD(m, EVENT_INSTALL_STARTED, D_TEXT("from", m->record.version_before));
        module_mark(m);
}

static void expect_proof(Module *m) {
        module_job_begin(m, JOB_SOURCE_MODULE, "");
        if (!m->record.version_before[0])
                (void) TEXT_COPY(m->record.version_before, m->record.firmware);
        m->start_failures = 0;
        m->session_open = false;
        if (m->record.state != STATE_INSTALLING && m->record.state != STATE_RESTARTING &&
            m->record.state != STATE_CONFIRMING)
                m->watchdog_at = usec_add(boottime(m), state_infos[STATE_INSTALLING].timeout);
        chat_distrust(m->chat);
        module_mark(m);
}

/* After the grant; a line that crossed it says nothing. */
void note_asked_again(Module *m) {
        m->asked_since_grant |= module_act_age(m) >= CROSSING_MAX;
}

/* It may ask already, and say so no more for half an hour. */
void note_doubtful(Module *m) {
        m->grant_uncertain = true;
        m->start_at = MIN_OF(m->start_at, usec_add(boottime(m), LOOK_SOON));
}

/* The request is open again as it was: consent and job stay. */
void note_grant_lost(Module *m) {
        const Clock *now = module_now(m);

        forget_grant(m);
        m->record.version_before[0] = '\0';
        m->record.request.asked_realtime = now->realtime;
        m->record.request.asked_boottime = now->boottime;
        m->record.request.restart_count = m->record.restart_count;
        m->record.answer = (Answer) { 0 };
        m->judged = false;
}

void note_installed(Module *m) {
        m->heard_installed = true;
        expect_proof(m);
}

void note_install_failed(Module *m) {
        m->heard_failed = true;
        expect_proof(m);
}

void note_watchdog(Module *m) {
        m->watchdog_over = true;
        expect_proof(m);
}

/* A minute has passed since the module answered, and neither success nor failure was told: its
 * version has to do. */
void note_waited(Module *m) {
        m->waited_for_verdict = true;
}

/* The pushed package had a target: another version than that is no success. */
static bool is_expected_version(const Module *m) {
        return !m->record.hop_to[0] ||
               version_equal(m->family->findings.firmware, m->record.hop_to);
}

static Reason why_unchanged(const Module *m) {
        if (m->heard_failed)
                return m->record.unattended ? REASON_PACKAGE_CORRUPT : REASON_UPDATE_FAILED;
        if (m->overdue != REASON_NONE)
                return m->overdue;
        if (m->watchdog_over && !m->heard_installed)
                return REASON_INSTALL_TIMEOUT;
        return REASON_VERSION_UNCHANGED;
}

static Reason why_failed(const Module *m, bool changed) {
        return changed ? REASON_WRONG_VERSION : why_unchanged(m);
}

/* The whole protocol, its end told to the server, and neither a restart nor another version. */
static bool is_test_run(const Module *m, bool changed) {
        return !changed && m->record.told && !m->heard_installed && !m->heard_failed;
}

void tell_automatic(Module *m, const char *from) {
        if (m->job.source == JOB_SOURCE_AUTOMATIC)
                RECORD(m, EVENT_UNSANCTIONED_CHANGE, D_TEXT("from", from),
                       D_TEXT("to", m->record.firmware), D_TEXT("cause", "server"));
}

static void tell_conclusion(Module *m, const char *from, bool changed, Reason reason) {
        if (reason == REASON_TEST_RUN)
                RECORD(m, EVENT_NOTIFIED, D_TEXT("kind", "test"));
        else if (reason == REASON_NONE)
                RECORD(m, EVENT_INSTALL_SUCCEEDED, D_TEXT("from", from),
                       D_TEXT("to", m->record.firmware));
        else
                RECORD(m, EVENT_INSTALL_FAILED, D_TEXT("reason", reason_to_string(reason)),
                       D_TEXT("from", from), D_TEXT("to", changed ? m->record.firmware : ""),
                       D_TEXT("expected", changed ? m->record.hop_to : ""));
        if (changed)
                tell_automatic(m, from);
}

static void forget_install(Module *m) {
        m->record.version_before[0] = '\0';
        forget_grant(m);
        m->record.result_due = true;
        forget_heard(m);
}

/* Nobody has seen the version before: the module's word has to do. */
static bool is_changed_by_word(const Module *m) {
        return !m->record.version_before[0] && m->heard_installed && !m->heard_failed;
}

/* The server goes on as soon as it was told of the result: that waits for the proof. */
void note_early(Module *m) {
        if (m->fact.kind == FACT_PACKAGE_OFFERED) {
                m->early.offered = boottime(m);
                m->early.bytes = m->fact.number;
        } else
                m->early.asked = boottime(m);
}

static bool is_recent(const Module *m, usec_t early) {
        return early > 0 && boottime(m) < usec_add(early, EARLY_MAX);
}

static void take_early(Module *m) {
        const Fact fact = m->fact;

        m->fact.number = m->early.bytes;
        if (is_recent(m, m->early.offered))
                note_offered(m);
        m->fact.number = ACTION_DOWNLOAD;
        if (is_recent(m, m->early.asked))
                note_request(m);
        m->early.offered = m->early.asked = 0;
        m->fact = fact;
}

void conclude_install(Module *m) {
        char from[FIRMWARE_MAX], chain_to[FIRMWARE_MAX], by[WHO_MAX];
        const bool changed = is_version_changed(m) || is_changed_by_word(m),
                   test = is_test_run(m, changed);
        const bool succeeded = changed && is_expected_version(m);
        const Reason reason = succeeded ? REASON_NONE :
                              test      ? REASON_TEST_RUN :
                                          why_failed(m, changed);

        (void) TEXT_COPY(from, m->record.version_before);
        (void) TEXT_COPY(chain_to, m->record.chain_to);
        (void) TEXT_COPY(by, m->job.by);
        (void) TEXT_COPY(m->record.firmware, m->family->findings.firmware); /* sanctioned: no alarm
                                                                             */
        tell_conclusion(m, from, changed, reason);
        if (m->record.request.action != ACTION_CONNECT)
                close_request(m); /* else it is up, and asks already for the session to report in */
        if (m->record.unattended)
                say_arm(m); /* the look before may have been only one */
        if (succeeded && m->record.unattended && !m->record.told)
                m->told_until = usec_add(boottime(m), TOLD_MAX);
        m->success_until =
                succeeded && !m->heard_installed ? usec_add(boottime(m), SUCCESS_LATE_MAX) : 0;
        forget_install(m);
        module_job_end(m,
                       succeeded ? OUTCOME_SUCCEEDED :
                       test      ? OUTCOME_TEST_RUN :
                                   OUTCOME_FAILED,
                       reason);
        if (succeeded)
                module_chain_on(m, chain_to, by);
        take_early(m);
}
