/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The orders of lifecycle rows: what is remembered, journalled and said when a module moves. None
 * of them moves it. */

#include <stdio.h>

#include "core/turn.h"

#define START_RETRY_MIN (2 * USEC_PER_SEC)
#define START_RETRY_MAX (10 * USEC_PER_MINUTE)
#define CONNECT_RETRY_MIN USEC_PER_MINUTE
#define CONNECT_RETRY_MAX USEC_PER_HOUR
#define CONNECT_TRIES_MAX 5
/* Sessions in which the server may have nothing for an update: it may still be preparing it. */
#define EMPTY_SESSIONS_MAX 5
#define LOOK_SOON USEC_PER_MINUTE
/* The module's own retry of a session gets so long before fotad tries. */
#define OWN_RETRY_GRACE (2 * USEC_PER_MINUTE)
/* Times that the port may vanish under one push. */
#define PUSH_LOSSES_MAX 3

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

/* A session has begun, perhaps not by fotad: are the agreements still what they should be? */
void say_arm(Module *m) {
        const VerbArgs args = module_start_args(m);

        module_say(m, VERB_ARM, &args);
}

void say_context(Module *m) {
        m->context_tried = true;
        m->ready = false;
        module_say(m, VERB_CONTEXT, &(VerbArgs) { 0 });
}

/* "Is a request pending?" The shortest deferral asks it without harm: OK means yes, and that it is
 * asked again in a minute. */
static void ask_pending(Module *m, Action action) {
        const VerbArgs args = { .action = action, .minutes = DEFER_MIN_MINUTES };

        m->question = true;
        m->question_moot = false;
        m->question_action = action; /* an open request stays what it is until the answer */
        module_say(m, VERB_DEFER, &args);
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
        m->stalls = 0;
        m->offered_since_session = true;
        supersede_push(m, m->question_action);
        module_job_begin(m, JOB_SOURCE_SERVER, "");
        module_open_request(m, m->question_action, m->record.package_bytes,
                            m->record.request.first_realtime != 0 &&
                                    m->record.request.action == m->question_action);
        m->record.answer = (Answer) {
                .kind = ANSWER_REFUSED,
                .minutes = DEFER_MIN_MINUTES,
                .until_realtime = now->realtime + USEC_PER_MINUTE,
                .until_boottime = now->boottime + USEC_PER_MINUTE,
        };
        forget_grant(m);
        module_mark(m);
}

void note_grant_taken(Module *m) {
        m->grant_uncertain = false;
        m->grant_taken = true;
        m->record.act.state = ACT_SENT;
        module_mark(m);
}

/* the port */

void note_appeared(Module *m) {
        m->port_open = true;
        m->ready = m->record.state == STATE_INSTALLING; /* what it says next, it says after its
                                                           restart */
        m->port_since = boottime(m);
        m->port_holder[0] = m->port_problem[0] = '\0';
        m->blocked = REASON_NONE;
        m->start_failures = 0;
        RECORD(m, EVENT_MODULE_APPEARED, D_TEXT("device", m->settings->device));
}

void note_gone(Module *m) {
        m->port_open = m->session_open = m->reconciled = false;
        m->ready &= state_infos[m->record.state].installs; /* its "ready" after that is the restart
                                                            */
        m->start_at = USEC_INFINITY;
        m->renewing = false;
        m->missed = true;
        if (m->record.push_wanted && m->record.state == STATE_DOWNLOADING &&
            ++m->push_losses >= PUSH_LOSSES_MAX)
                m->push_ready = false; /* it is not tried for ever */
        RECORD(m, EVENT_MODULE_GONE, D_TEXT("device", m->settings->device));
}

/* Why was noted by gateway_port_refused(). */
void note_refused(Module *m) {
        m->port_open = false;
        m->blocked = REASON_PORT_BUSY;
        RECORD(m, EVENT_PORT_BUSY, D_TEXT("holder", m->port_holder),
               D_TEXT("because", m->port_problem), D_TEXT("device", m->settings->device));
}

/* Once for each reason, not every time that it is looked at again. */
static void tell_blocked(Module *m, Reason reason, const char *because) {
        const bool told = m->told_blocked == reason;

        m->blocked = m->told_blocked = reason;
        if (!told)
                RECORD(m, EVENT_MODULE_BLOCKED, D_TEXT("reason", reason_to_string(reason)),
                       D_TEXT("because", because));
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
        const bool changed =
                take(m->record.iccid, sizeof(m->record.iccid), found->iccid) && before[0];
        if (changed)
                RECORD(m, EVENT_SIM_CHANGED, D_TEXT("from", before), D_TEXT("to", m->record.iccid));
        (void) take(m->record.imsi, sizeof(m->record.imsi), found->imsi);
        module_note_sim(m, changed);
        module_check_registration(m);
}

/* fotad was started while it installed, and has kept silent: nothing is decided before a look. */
void look_if_unseen(Module *m) {
        if (!m->reconciled)
                say_start(m);
}

void note_proof_due(Module *m) {
        m->proof_due = m->record.job != 0;
}

/* The install was the answer. */
void note_answered(Module *m) {
        note_proof_due(m);
        close_request(m);
}

/* Its update is proved, and the next one is asked for already: that is another job. */
static void end_proved_job(Module *m) {
        tell_automatic(m, m->record.version_before);
        module_job_end(m, OUTCOME_SUCCEEDED, REASON_NONE);
        if (!m->record.request.open)
                return;
        module_job_begin(m, JOB_SOURCE_SERVER, "");
        module_date_request(m); /* the one before may have waited for days */
}

/* One that was begun before the version was seen that it begins with. */
static void correct_job(Module *m) {
        if (!m->record.job)
                return;
        (void) TEXT_COPY(m->job.from, m->record.firmware);
        module_job_save(m);
}

static void note_firmware(Module *m, const Findings *found) {
        char before[FIRMWARE_MAX];

        const bool proof_due = m->proof_due && m->record.job;

        (void) TEXT_COPY(before, m->record.firmware);
        m->proof_due &= found->firmware[0] == '\0';
        if (streq(before, found->firmware) && !module_installs(m))
                m->record.version_before[0] = '\0'; /* it did not install: what comes is new */
        if (!take(m->record.firmware, sizeof(m->record.firmware), found->firmware) || !before[0])
                return;
        if (m->record.version_before[0]) { /* granted by us, and only proved after its job was given
                                              up */
                RECORD(m, EVENT_INSTALL_SUCCEEDED, D_TEXT("from", m->record.version_before),
                       D_TEXT("to", m->record.firmware));
                if (proof_due)
                        end_proved_job(m);
                else
                        correct_job(m);
                m->record.version_before[0] = '\0';
                return;
        }
        m->record.snapshot.restore_due = m->record.snapshot.taken > 0;
        correct_job(m);
        RECORD(m, EVENT_UNSANCTIONED_CHANGE, D_TEXT("from", before),
               D_TEXT("to", m->record.firmware));
}

/* Nothing over the air tells where it leads, so that a version may be denied and run all the same.
 */
static void note_denied(Module *m) {
        const char *pattern = version_list_match(&m->settings->policy.to.deny, m->record.firmware);
        const bool told = streq(m->record.denied_told, m->record.firmware);

        if (!pattern)
                m->record.denied_told[0] = '\0';
        if (!pattern || told)
                return;
        (void) TEXT_COPY(m->record.denied_told, m->record.firmware);
        RECORD(m, EVENT_FIRMWARE_DENIED, D_TEXT("to", m->record.firmware),
               D_TEXT("because", pattern));
}

/* What was asked by one module and agreed for it is nothing to another. */
void forget_module(Module *m) {
        close_request(m);
        module_job_end(m, OUTCOME_FAILED, REASON_WRONG_MODULE);
        m->record.consent = (Consent) { 0 };
        memset(m->record.deferrals, 0, sizeof m->record.deferrals);
        memset(m->record.put_off, 0, sizeof m->record.put_off);
        m->record.imei[0] = m->record.version_before[0] = m->record.firmware[0] = '\0';
        gateway_level_fcnt_up(m->gateway);
        forget_grant(m);
        m->record.result_due = m->record.suspended = m->record.wanted_session = false;
        m->record.package_bytes = m->record.remaining_bytes = 0;
        m->record.snapshot = (Snapshot) { 0 };
        m->record.registration = (Registration) { 0 };
}

/* true: another module than before, or the first one */
static bool note_module(Module *m, const Findings *found) {
        const bool returned = m->record.imei_seen_in[0] && found->imei[0];
        const bool new_module =
                take(m->record.imei, sizeof(m->record.imei), found->imei) || returned;

        (void) take(m->record.model, sizeof(m->record.model), found->model);
        (void) take(m->record.serial_number, sizeof(m->record.serial_number), found->serial_number);
        if (found->imei[0])
                module_take_imei(m);
        module_set_dev_eui(m);
        if (new_module)
                RECORD(m, EVENT_MODULE_IDENTIFIED, D_TEXT("model", m->record.model),
                       D_TEXT("imei", m->record.imei), D_TEXT("firmware", found->firmware),
                       D_TEXT("iccid", found->iccid));
        return new_module;
}

static void note_job(Module *m) {
        if (!m->record.job || m->job.from[0])
                return;
        (void) TEXT_COPY(m->job.from, m->record.firmware); /* it was asked for before the first word
                                                            */
        module_job_save(m);
}

/* What an update took back to the factory's was changed by nobody, also when fotad was restarted
 * meanwhile and the family has forgotten how it was. What fotad could not put right is told once.
 */
static void note_drift(Module *m) {
        const Findings *found = &m->family->findings;
        const bool told = found->missing[0] && streq(found->drift, m->told_drift);

        (void) TEXT_COPY(m->told_drift, found->drift);
        if (found->drift[0] && !told && !m->record.snapshot.restore_due)
                RECORD(m, EVENT_CONSENT_DRIFT, D_TEXT("was", found->drift));
}

void note_armed(Module *m) {
        note_drift(m);
        m->changed = true;
}

/* A SIM that says neither yes nor no starts still, or is not there: soon. */
static usec_t look_interval(const Module *m) {
        const usec_t interval = m->settings->family->look_interval;

        if (!interval)
                return USEC_INFINITY;
        return m->family->findings.sim == SIM_READY ? interval : LOOK_SOON;
}

/* It is open, whoever said yes. One that was accepted stays, to know its repetitions by. */
static void close_moot_request(Module *m) {
        m->connect_asked = 0;
        if (m->record.request.action == ACTION_CONNECT)
                close_lesser_request(m);
}

void note_identified(Module *m) {
        const Findings *found = &m->family->findings;

        m->reconciled = true;
        m->start_failures = 0;
        m->blocked = REASON_NONE;
        if (found->sim == SIM_READY)
                m->told_blocked = REASON_NONE;
        pin_note_sim(m);
        if (found->session_open == TRISTATE_YES && !m->session_open)
                m->session_since = m->session_needed = boottime(m);
        if (found->session_open != TRISTATE_UNKNOWN)
                m->session_open = found->session_open == TRISTATE_YES;
        if (found->session_open == TRISTATE_YES)
                close_moot_request(m);
        const bool new_module = note_module(m, found);
        note_firmware(m, found);
        module_bind_consent(m);
        note_denied(m);
        note_sim(m, found);
        note_job(m);
        m->save_wanted = true;
        m->look_at = usec_add(boottime(m), look_interval(m));
        if (!new_module)
                note_drift(m);
        module_mark(m);
}

void note_boot_of_before(Module *m) {
        m->ready |= m->fact.kind == FACT_READY;
        m->booted_since_grant = true;
}

void note_ready(Module *m) {
        m->ready = true;
}

void note_restarted(Module *m) {
        m->record.restart_count++;
        close_lesser_request(m); /* who means it asks again */
        m->connect_failures = 0; /* its own retry timers began anew, or went with the restart */
        m->connect_at = MIN_OF(m->connect_at, usec_add(boottime(m), CONNECT_RETRY_MIN));
        m->session_open = m->context_tried = false;
        m->up_since = 0;
        m->ready = m->fact.kind == FACT_READY;
        m->port_since = boottime(m);
        chat_distrust(m->chat);
        RECORD(m, EVENT_MODULE_RESTARTED, D_TEXT("because", module_restart_cause(m)));
}

void note_start_failed(Module *m) {
        m->start_at =
                usec_add(boottime(m), backoff(START_RETRY_MIN, START_RETRY_MAX, m->start_failures));
        m->start_failures++;
        m->changed = true;
}

void note_unlock_failed(Module *m) {
        tell_blocked(m, REASON_PREREQUISITE_MISSING,
                     "the SIM refused the PIN: correct it, fotad will not try this one again");
}

void note_context_failed(Module *m) {
        RECORD(m, EVENT_MODULE_BLOCKED, D_TEXT("because", "the module refused the APN"),
               D_TEXT("reason", reason_to_string(REASON_NO_APN)));
}

static void tell_namesake(Module *m, Module *namesake) {
        const char *imei = m->family->findings.imei;
        char because[DETAIL_TEXT_MAX];

        (void) snprintf(
                because, sizeof because,
                streq(namesake->settings->imei, imei) ?
                        "IMEI %s is configured for %s: check the cabling" :
                        "IMEI %s is that of %s: check the cabling, unplug one, or say whose "
                        "it is by modules.NAME.imei",
                imei, namesake->settings->name);
        tell_blocked(m, REASON_WRONG_MODULE, because);
        module_doubt(namesake);
}

void block_wrong_module(Module *m) {
        Module *namesake = module_namesake(m);

        if (m->record.job && module_installs(m))
                RECORD(m, EVENT_INSTALL_FAILED,
                       D_TEXT("reason", reason_to_string(REASON_WRONG_MODULE)));
        m->record.version_before[0] = '\0';
        close_request(m);
        if (namesake)
                tell_namesake(m, namesake);
        else
                tell_blocked(m, REASON_WRONG_MODULE, m->family->findings.imei);
        module_job_end(m, OUTCOME_FAILED, REASON_WRONG_MODULE);
}

void block_sim(Module *m) {
        const SimState sim = m->family->findings.sim;
        const bool tried =
                m->settings->sim_pin[0] && (m->record.bad_pin_hash[0] || pin_is_tried(m));

        if (sim == SIM_MISSING)
                tell_blocked(m, REASON_PREREQUISITE_MISSING, "no SIM");
        else if (sim != SIM_PIN_WANTED)
                tell_blocked(m, REASON_PREREQUISITE_MISSING,
                             "the SIM is locked (PUK) or out of order");
        else if (is_imei_doubtful(m))
                tell_blocked(m, REASON_PREREQUISITE_MISSING,
                             "the SIM wants a PIN, and the module does not tell its IMEI");
        else if (tried)
                tell_blocked(m, REASON_PREREQUISITE_MISSING,
                             "the SIM still wants its PIN after fotad entered it once: correct it");
        else
                tell_blocked(m, REASON_PREREQUISITE_MISSING,
                             "the SIM wants a PIN: set sim_pin_file");
}

/* the session */

void note_session_opened(Module *m) {
        close_moot_request(m);
        if (!m->session_open)
                RECORD(m, EVENT_SESSION_OPENED, D_TEXT("kind", "dm"));
        m->session_open = true;
        m->session_since = boottime(m);
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

static void close_connect_request(Module *m) {
        if (m->record.request.action == ACTION_CONNECT && m->record.answer.kind == ANSWER_ACCEPTED)
                close_request(m);
}

/* No session, no update: an order that has brought no package yet ends when trying on makes no
 * sense. */
static bool is_hopeless(const Module *m, Reason reason) {
        if (m->job.source != JOB_SOURCE_PERSON || m->record.package_bytes > 0)
                return false;
        return reason == REASON_NO_APN || reason == REASON_INVALID_APN ||
               m->connect_failures >= CONNECT_TRIES_MAX;
}

/* A session that began and failed is tried again by the module itself after its retry timers (note,
 * 7.1; AT+WDSC=4): fotad adds none of its own before they are over. One that the module refused to
 * begin is fotad's to try. */
static usec_t retry_delay(const Module *m, bool began) {
        const Findings *found = &m->family->findings;

        if (began && m->connect_failures < found->n_retry_timers)
                return found->retry_timers[m->connect_failures] * USEC_PER_MINUTE + OWN_RETRY_GRACE;
        return backoff(CONNECT_RETRY_MIN, CONNECT_RETRY_MAX, m->connect_failures);
}

static void session_failed(Module *m, Reason reason, bool began) {
        m->session_open = m->renewing = false;
        close_connect_request(m);
        m->connect_at = usec_add(boottime(m), retry_delay(m, began));
        m->connect_failures++;
        RECORD(m, EVENT_SESSION_REFUSED, D_TEXT("reason", reason_to_string(reason)));
        if (m->record.job && m->record.state == STATE_CONNECTING && is_hopeless(m, reason))
                module_job_end(m, OUTCOME_FAILED, reason);
}

/* Nothing is to be closed any more; a session that was renewed is opened at once. */
void module_disconnected(Module *module) {
        if (module->renewing)
                module->connect_at = 0;
        module->disconnect_wanted = module->disconnect_said = module->renewing = false;
        module->cancelled_by[0] = '\0';
}

/* It was open as long as the other side wanted, and nobody has asked for another one meanwhile. */
static void note_session_used(Module *m) {
        if (m->session_needed > m->session_since)
                return;
        if (!m->record.job) {
                m->record.wanted_session = false;
                module_mark(m);
        } else if (m->record.state == STATE_CONNECTED && is_job_waiting_for_offer(m)) {
                m->connect_at = usec_add(boottime(m), backoff(CONNECT_RETRY_MIN, CONNECT_RETRY_MAX,
                                                              m->empty_sessions));
                if (++m->empty_sessions >= EMPTY_SESSIONS_MAX)
                        fail_no_package(m);
        }
}

void note_session_closed(Module *m) {
        const bool was_open = m->session_open;

        m->session_open = false;
        module_disconnected(m);
        close_connect_request(m);
        if (was_open) {
                RECORD_PLAIN(m, EVENT_SESSION_CLOSED);
                note_session_used(m);
        } else if (m->record.state == STATE_CONNECTING) {
                session_failed(m,
                               m->auth_failures > 0 ? REASON_AUTHENTICATION_FAILED :
                                                      REASON_ACTIVATION_FAILED,
                               true);
        }
}

void note_session_refused(Module *m) {
        session_failed(m, REASON_SERVER_REFUSED, true);
}

/* Five in a row send the module to bootstrap by itself (note, 7.4): only counted. */
void note_auth_failed(Module *m) {
        m->auth_failures++;
        m->changed = true;
}

void note_connect_failed(Module *m) {
        session_failed(m, m->fact.reason, false);
}

void note_connect_timeout(Module *m) {
        session_failed(m,
                       m->auth_failures > 0 ? REASON_AUTHENTICATION_FAILED : REASON_SESSION_TIMEOUT,
                       true);
}
