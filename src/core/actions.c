/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The orders of lifecycle rows: what is remembered, journalled and said when a module moves. None of them moves it. */

#include <stdio.h>

#include "core/turn.h"

#define START_RETRY_MIN (2 * USEC_PER_SEC)
#define START_RETRY_MAX (10 * USEC_PER_MINUTE)
#define CONNECT_RETRY_MIN USEC_PER_MINUTE
#define CONNECT_RETRY_MAX USEC_PER_HOUR
#define CONNECT_TRIES_MAX 5
#define PROGRESS_STEP 10 /* percent between two journal rows */
#define SIZE_WAIT (5 * USEC_PER_SEC)
/* A person's cancel can't refuse the module's request, only put it off. */
#define CANCEL_DEFER USEC_PER_DAY

static usec_t backoff(usec_t first, usec_t longest, unsigned failures) {
        return failures >= 16 ? longest : MIN_OF(first << failures, longest);
}

static usec_t boottime(const Module *m) {
        return module_now(m)->boottime;
}

/* verbs */

void say_start(Module *m) {
        const VerbArgs args = module_start_args(m);

        m->start_at = USEC_INFINITY;
        module_say(m, VERB_START, &args);
}

void say_unlock(Module *m) {
        const VerbArgs args = { .pin = m->settings->sim_pin };

        m->ready_expected = true;
        module_say(m, VERB_UNLOCK, &args);
}

void say_context(Module *m) {
        m->context_tried = m->ready_expected = true;
        module_say(m, VERB_CONTEXT, &(VerbArgs) { 0 });
}

/* "Is a request pending?" The shortest deferral asks it without harm: OK means yes, and that it is asked again in a minute. */
static void ask_pending(Module *m, Action action) {
        const VerbArgs args = { .action = action, .minutes = DEFER_MIN_MINUTES };

        m->question = true;
        module_say(m, VERB_DEFER, &args);
        m->record.request.action = action;
}

void ask_install_pending(Module *m) {
        ask_pending(m, ACTION_INSTALL);
}

void ask_download_pending(Module *m) {
        ask_pending(m, ACTION_DOWNLOAD);
}

void note_question_yes(Module *m) {
        const Clock *now = module_now(m);

        m->grant_uncertain = false;
        m->record.request = (Request) {
                .open = true,
                .action = m->record.request.action,
                .asked_realtime = now->realtime,
                .asked_boottime = now->boottime,
                .first_realtime = m->record.request.first_realtime ? m->record.request.first_realtime : now->realtime,
                .bytes = m->record.package_bytes,
                .restart_count = m->record.restart_count,
        };
        m->record.answer = (Answer) {
                .kind = ANSWER_DEFERRED,
                .minutes = DEFER_MIN_MINUTES,
                .until_realtime = now->realtime + USEC_PER_MINUTE,
                .until_boottime = now->boottime + USEC_PER_MINUTE,
        };
        m->record.act.state = ACT_NONE; /* the grant never arrived */
        m->wait_for_ask = true;
        module_mark(m);
}

void note_grant_taken(Module *m) {
        m->grant_uncertain = false;
        m->record.act.state = ACT_SENT;
        module_mark(m);
}

/* the port */

void note_appeared(Module *m) {
        m->port_open = true;
        m->port_holder[0] = '\0';
        m->blocked = REASON_NONE;
        m->start_failures = 0;
        RECORD(m, EVENT_MODULE_APPEARED, D_TEXT("device", m->settings->device));
}

void note_gone(Module *m) {
        m->port_open = m->session_open = m->reconciled = false;
        m->start_at = USEC_INFINITY;
        RECORD(m, EVENT_MODULE_GONE, D_TEXT("device", m->settings->device));
}

/* m->fact.text is who holds it, or why it can't be opened. */
void note_refused(Module *m) {
        m->port_open = false;
        m->blocked = REASON_PORT_LOST;
        (void) TEXT_COPY(m->port_holder, m->fact.text ? m->fact.text : "another process");
        RECORD(m, EVENT_PORT_BUSY, D_TEXT("holder", m->port_holder), D_TEXT("device", m->settings->device));
}

/* who the module is */

static bool take(char *to, size_t size, const char *from) {
        if (!from[0] || streq(to, from))
                return false;
        (void) text_copy(to, size, from);
        return true;
}

static void note_sim(Module *m, const Findings *found) {
        char before[ICCID_MAX];

        (void) TEXT_COPY(before, m->record.iccid);
        if (take(m->record.iccid, sizeof(m->record.iccid), found->iccid) && before[0])
                RECORD(m, EVENT_SIM_CHANGED, D_TEXT("from", before), D_TEXT("to", m->record.iccid));
        (void) take(m->record.imsi, sizeof(m->record.imsi), found->imsi);
}

static void note_firmware(Module *m, const Findings *found) {
        char before[FIRMWARE_MAX];

        (void) TEXT_COPY(before, m->record.firmware);
        if (!take(m->record.firmware, sizeof(m->record.firmware), found->firmware) || !before[0])
                return;
        RECORD(m, EVENT_UNSANCTIONED_CHANGE, D_TEXT("from", before), D_TEXT("to", m->record.firmware));
}

/* true: another module than before, or the first one */
static bool note_module(Module *m, const Findings *found) {
        const bool new_module = take(m->record.imei, sizeof(m->record.imei), found->imei);

        (void) take(m->record.model, sizeof(m->record.model), found->model);
        (void) take(m->record.serial_number, sizeof(m->record.serial_number), found->serial_number);
        if (m->settings->dev_eui[0])
                (void) TEXT_COPY(m->dev_eui, m->settings->dev_eui);
        else if (strlen(m->record.imei) == 15)
                (void) snprintf(m->dev_eui, sizeof(m->dev_eui), "0%.15s", m->record.imei);
        if (new_module)
                RECORD(m, EVENT_MODULE_IDENTIFIED, D_TEXT("model", m->record.model), D_TEXT("imei", m->record.imei),
                       D_TEXT("firmware", found->firmware), D_TEXT("iccid", found->iccid));
        return new_module;
}

void note_identified(Module *m) {
        const Findings *found = &m->family->findings;

        m->reconciled = true;
        m->start_failures = 0;
        m->blocked = REASON_NONE;
        if (found->session_open != TRISTATE_UNKNOWN)
                m->session_open = found->session_open == TRISTATE_YES;
        note_firmware(m, found);
        const bool new_module = note_module(m, found);
        note_sim(m, found);
        if (found->drift[0] && !new_module)
                RECORD(m, EVENT_CONSENT_DRIFT, D_TEXT("was", found->drift));
        module_mark(m);
}

void note_ready(Module *m) {
        m->ready_expected = false;
}

void note_restarted(Module *m) {
        m->record.restart_count++;
        m->session_open = m->context_tried = false;
        chat_distrust(m->chat);
        RECORD_PLAIN(m, EVENT_MODULE_RESTARTED);
}

void note_start_failed(Module *m) {
        m->start_at = usec_add(boottime(m), backoff(START_RETRY_MIN, START_RETRY_MAX, m->start_failures));
        m->start_failures++;
        m->changed = true;
}

void note_unlock_failed(Module *m) {
        const struct iovec parts[] = {
                { m->family->findings.iccid, strlen(m->family->findings.iccid) },
                { (void *) "/", 1 },
                { (void *) m->settings->sim_pin, strlen(m->settings->sim_pin) },
        };

        if (sha256_hex(parts, ELEMENTSOF(parts), m->record.bad_pin_hash) == 0)
                (void) TEXT_COPY(m->record.bad_pin_iccid, m->family->findings.iccid);
        m->blocked = REASON_PREREQUISITE_MISSING;
        RECORD(m, EVENT_MODULE_BLOCKED, D_TEXT("because", "the SIM refused the PIN: correct it, fotad will not try this one again"));
}

void note_context_failed(Module *m) {
        m->ready_expected = false;
        RECORD(m, EVENT_MODULE_BLOCKED, D_TEXT("because", "the module refused the APN"), D_TEXT("reason", reason_to_string(REASON_NO_APN)));
}

void block_wrong_module(Module *m) {
        m->blocked = REASON_WRONG_MODULE;
        RECORD(m, EVENT_MODULE_BLOCKED, D_TEXT("reason", reason_to_string(REASON_WRONG_MODULE)), D_TEXT("imei", m->family->findings.imei));
        module_job_end(m, OUTCOME_FAILED, REASON_WRONG_MODULE);
}

void block_sim(Module *m) {
        const SimState sim = m->family->findings.sim;
        const char *because = sim == SIM_MISSING      ? "no SIM"
                              : sim == SIM_PIN_WANTED ? "the SIM wants a PIN: set sim_pin_file"
                                                      : "the SIM is locked (PUK) or out of order";

        m->blocked = REASON_PREREQUISITE_MISSING;
        RECORD(m, EVENT_MODULE_BLOCKED, D_TEXT("because", because));
}

/* the session */

void note_session_opened(Module *m) {
        if (!m->session_open)
                RECORD(m, EVENT_SESSION_OPENED, D_TEXT("kind", "dm"));
        m->session_open = true;
        m->offered_since_session = false;
        m->auth_failures = m->connect_failures = 0;
        m->session_needed = boottime(m);
        m->record.result_due = false;
        module_mark(m);
}

void note_bootstrap(Module *m) {
        m->auth_failures = 0;
        RECORD(m, EVENT_SESSION_OPENED, D_TEXT("kind", "bootstrap"));
}

/* No session, no update: an order that has brought no package yet ends when trying on makes no sense. */
static bool is_hopeless(const Module *m, Reason reason) {
        if (m->job.source != JOB_SOURCE_PERSON || m->record.package_bytes > 0)
                return false;
        return reason == REASON_NO_APN || reason == REASON_INVALID_APN || m->connect_failures >= CONNECT_TRIES_MAX;
}

static void session_failed(Module *m, Reason reason) {
        m->session_open = false;
        m->connect_at = usec_add(boottime(m), backoff(CONNECT_RETRY_MIN, CONNECT_RETRY_MAX, m->connect_failures));
        m->connect_failures++;
        RECORD(m, EVENT_SESSION_REFUSED, D_TEXT("reason", reason_to_string(reason)));
        if (m->record.job && m->record.state == STATE_CONNECTING && is_hopeless(m, reason))
                module_job_end(m, OUTCOME_FAILED, reason);
}

void note_session_closed(Module *m) {
        const bool was_open = m->session_open;

        m->session_open = m->disconnect_wanted = false;
        if (was_open || m->record.state != STATE_CONNECTING)
                RECORD_PLAIN(m, EVENT_SESSION_CLOSED);
        else
                session_failed(m, m->auth_failures > 0 ? REASON_AUTHENTICATION_FAILED : REASON_ACTIVATION_FAILED);
}

void note_session_refused(Module *m) {
        session_failed(m, REASON_SERVER_REFUSED);
}

/* Five in a row send the module to bootstrap by itself (note, 7.4): only counted. */
void note_auth_failed(Module *m) {
        m->auth_failures++;
        m->changed = true;
}

void note_connect_failed(Module *m) {
        session_failed(m, m->fact.reason);
}

void note_connect_timeout(Module *m) {
        session_failed(m, m->auth_failures > 0 ? REASON_AUTHENTICATION_FAILED : REASON_NO_RESPONSE);
}

/* the package */

static JobSource source_of_fact(const Module *m) {
        return m->record.wanted_session ? JOB_SOURCE_PERSON : JOB_SOURCE_SERVER;
}

void note_offered(Module *m) {
        const uint64_t bytes = m->fact.number > 0 ? (uint64_t) m->fact.number : 0;
        const bool news = !m->offered_since_session || m->record.remaining_bytes != bytes;

        m->offered_since_session = true;
        m->record.remaining_bytes = bytes;
        m->session_needed = boottime(m);
        if (!m->record.package_bytes || m->record.progress_percent == 0)
                m->record.package_bytes = bytes;
        if (m->record.request.open && m->record.request.action == ACTION_DOWNLOAD)
                m->record.request.bytes = m->record.package_bytes;
        module_job_begin(m, source_of_fact(m), "");
        if (bytes && m->job.package_bytes < bytes) {
                m->job.package_bytes = bytes;
                module_job_save(m);
        }
        if (news)
                RECORD(m, EVENT_PACKAGE_OFFERED, D_NUMBER("bytes", bytes));
        module_mark(m);
}

static bool is_package_action(Action action) {
        return action == ACTION_DOWNLOAD || action == ACTION_INSTALL;
}

/* A repeat of an open request only renews when it was last asked. */
void note_request(Module *m) {
        const Action action = (Action) m->fact.number;
        const Clock *now = module_now(m);
        Request *request = &m->record.request;
        const bool open = request->open && m->record.answer.kind != ANSWER_ACCEPTED;
        const bool repeat = open && request->action == action;

        if (open && is_package_action(request->action) && !is_package_action(action))
                return; /* one question at a time: the module repeats the lesser one */
        if (is_package_action(action))
                module_job_begin(m, source_of_fact(m), "");
        *request = (Request) {
                .open = true,
                .action = action,
                .asked_realtime = now->realtime,
                .asked_boottime = now->boottime,
                .first_realtime = repeat ? request->first_realtime : now->realtime,
                .bytes = is_package_action(action) ? m->record.package_bytes : 0,
                .restart_count = m->record.restart_count,
        };
        m->record.answer = (Answer) { 0 };
        m->wait_for_ask = m->judged = false;
        m->size_wait_until = usec_add(now->boottime, SIZE_WAIT);
        m->session_needed = now->boottime;
        if (!repeat)
                RECORD(m, EVENT_AGREEMENT_REQUESTED, D_TEXT("action", action_to_string(action)), D_NUMBER("bytes", request->bytes));
        module_mark(m);
}

void close_request(Module *m) {
        m->record.request = (Request) { 0 };
        m->record.answer = (Answer) { 0 };
        m->judged = m->wait_for_ask = false;
        module_mark(m);
}

/* ERROR to our answer: the module does not take one now. An early answer during a deferral is not repeated (the module asks again by itself). */
void note_answer_refused(Module *m) {
        Answer *answer = &m->record.answer;
        const bool deferred = answer->until_boottime > boottime(m);

        if (m->record.act.state != ACT_NONE && m->record.act.verb == VERB_ACCEPT)
                m->record.act.state = ACT_NONE;
        answer->kind = deferred ? ANSWER_DEFERRED : ANSWER_NONE;
        m->wait_for_ask = true;
        module_mark(m);
}

void note_download_started(Module *m) {
        module_job_begin(m, source_of_fact(m), "");
        if (m->record.request.action == ACTION_DOWNLOAD)
                close_request(m);
        m->offered_since_session = true;
        m->session_open = true;
        m->stalls = 0;
        if (m->record.state != STATE_DOWNLOADING || m->record.act.action == ACTION_DOWNLOAD)
                RECORD(m, EVENT_DOWNLOAD_STARTED, D_NUMBER("bytes", m->record.remaining_bytes));
        module_mark(m);
}

void note_progress(Module *m) {
        const unsigned percent = (unsigned) m->fact.number;

        if (m->record.state != STATE_DOWNLOADING)
                note_download_started(m);
        m->stalls = 0;
        m->record.progress_percent = percent;
        m->changed = true;
        if (percent < m->told_percent)
                m->told_percent = 0; /* it started over */
        if (percent >= m->told_percent + PROGRESS_STEP || (percent == 100 && m->told_percent < 100)) {
                m->told_percent = percent;
                RECORD(m, EVENT_DOWNLOAD_PROGRESS, D_NUMBER("percent", percent), D_NUMBER("bytes", m->record.package_bytes));
        }
}

void note_suspended(Module *m) {
        RECORD(m, EVENT_DOWNLOAD_SUSPENDED, D_NUMBER("percent", m->record.progress_percent));
}

void note_stored(Module *m) {
        module_job_begin(m, source_of_fact(m), "");
        m->stalls = 0;
        m->record.progress_percent = 100;
        RECORD(m, EVENT_DOWNLOAD_COMPLETED, D_NUMBER("bytes", m->record.package_bytes));
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

static void fail(Module *m, EventKind event, Reason reason) {
        RECORD(m, event, D_TEXT("reason", reason_to_string(reason)));
        close_request(m);
        m->record.act.state = ACT_NONE;
        module_job_end(m, OUTCOME_FAILED, reason);
}

void fail_download(Module *m) {
        fail(m, EVENT_DOWNLOAD_FAILED, m->fact.reason);
}

void fail_not_certified(Module *m) {
        fail(m, EVENT_PACKAGE_REJECTED, REASON_PACKAGE_NOT_CERTIFIED);
}

void fail_transfer(Module *m) {
        fail(m, EVENT_DOWNLOAD_FAILED, REASON_TRANSFER_ERROR);
}

void fail_port_lost(Module *m) {
        fail(m, EVENT_DOWNLOAD_FAILED, REASON_PORT_LOST);
}

void fail_no_package(Module *m) {
        fail(m, EVENT_DOWNLOAD_FAILED, REASON_NO_PACKAGE);
}

/* The module asked and now knows nothing of it any more: the server took the package back. */
void fail_withdrawn(Module *m) {
        fail(m, EVENT_DOWNLOAD_FAILED, REASON_CANCELLED);
}

void fail_no_response(Module *m) {
        fail(m, m->record.state == STATE_CONFIRMING ? EVENT_INSTALL_FAILED : EVENT_DOWNLOAD_FAILED, REASON_NO_RESPONSE);
        m->record.version_before[0] = '\0';
}

void cancel_job(Module *m) {
        const char *by = m->fact.text ? m->fact.text : "";

        RECORD(m, EVENT_JOB_CANCELLED, D_TEXT("by", by));
        if (m->record.request.open) {
                m->record.deferred_action = m->record.request.action;
                m->record.deferred_until = module_now(m)->realtime + CANCEL_DEFER;
                (void) TEXT_COPY(m->record.deferred_by, by);
        }
        m->record.suspended = m->disconnect_wanted = m->session_open && !m->record.request.open;
        module_job_end(m, OUTCOME_FAILED, REASON_CANCELLED);
}

/* the install and its proof */

void note_installing(Module *m) {
        const bool first = !m->heard_installing;

        m->heard_installing = true;
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
        chat_distrust(m->chat);
        module_mark(m);
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

/* A minute has passed since the module answered, and neither success nor failure was told: its version has to do. */
void note_waited(Module *m) {
        m->waited_for_verdict = true;
}

static Reason why_unchanged(const Module *m) {
        if (m->heard_failed)
                return REASON_UPDATE_FAILED;
        if (m->watchdog_over && !m->heard_installed)
                return REASON_INSTALL_TIMEOUT;
        return REASON_VERSION_UNCHANGED;
}

void conclude_install(Module *m) {
        char from[FIRMWARE_MAX];
        const bool changed = is_version_changed(m);
        const Reason reason = changed ? REASON_NONE : why_unchanged(m);

        (void) TEXT_COPY(from, m->record.version_before);
        (void) TEXT_COPY(m->record.firmware, m->family->findings.firmware); /* sanctioned: no alarm */
        if (changed)
                RECORD(m, EVENT_INSTALL_SUCCEEDED, D_TEXT("from", from), D_TEXT("to", m->record.firmware));
        else
                RECORD(m, EVENT_INSTALL_FAILED, D_TEXT("reason", reason_to_string(reason)), D_TEXT("from", from));
        close_request(m);
        m->record.version_before[0] = '\0';
        m->record.act.state = ACT_NONE;
        m->record.result_due = true;
        m->heard_installed = m->heard_failed = m->heard_installing = m->watchdog_over = m->waited_for_verdict = m->grant_uncertain = false;
        module_job_end(m, changed ? OUTCOME_SUCCEEDED : OUTCOME_FAILED, reason);
}
