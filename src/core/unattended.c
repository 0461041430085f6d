/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Updates that go on by themselves: one yes is for download, check and install, and some servers do
 * not even ask for that. From the yes on the module counts as installing; where its line is frozen
 * meanwhile nothing is said to it. A request of such a module is over after a short while. What
 * policy could not allow by then stays a question of fotad's own: when the answer turns to yes,
 * fotad starts the update itself, or tells the application server that it may be asked again. */

#include <stdio.h>

#include "base/log.h"
#include "core/turn.h"

/* From the yes to the first byte, and to the last one: so often the time of the state may pass. */
#define CONNECTING_MAX 2  /* 10 minutes */
#define DOWNLOADING_MAX 3 /* 30 minutes */
/* What began unheard in that time may be flashing until then (Premium FOTA note, 2.2.3.1: 190 s and
 * 520 s). */
#define CONNECTING_MISSED_MAX 5
/* What comes twice comes within so long. */
#define DOUBLED_MAX (10 * USEC_PER_SEC)
/* A module that says again and again that its update runs is believed so often. */
#define RUNS_ON_MAX 8
/* A module that took a delay asks again by itself; so long after the delay it does not any more. */
#define DELAY_GRACE USEC_PER_DAY
/* A module whose DCD toggles flashes, whatever the clock says; but not for ever. */
#define TOGGLE_GRACE USEC_PER_MINUTE
#define FLASHING_MAX USEC_PER_HOUR

/* guards */

bool module_installs(const Module *module) {
        return state_infos[module->record.state].installs || module->record.unattended;
}

static bool is_on_its_way(State state) {
        return state == STATE_CONNECTING || state == STATE_DOWNLOADING ||
               state == STATE_SUSPENDED || state == STATE_VERIFYING;
}

bool is_unattended(const Module *m) {
        return m->record.unattended;
}

/* Its line takes nothing; or nobody knows, since the end of its download may have been missed. */
bool is_deaf(const Module *m) {
        const Family *family = m->settings->family;

        return m->record.unattended && is_on_its_way(m->record.state) &&
               (m->missed || (family->is_deaf && family->is_deaf(m->family)));
}

/* It may take longer than it should, but not for ever. */
bool is_flashing(const Module *m) {
        return m->record.unattended && m->record.state == STATE_INSTALLING &&
               module_now(m)->boottime < usec_add(m->record.state_boottime, FLASHING_MAX);
}

bool is_one_question(const Module *m) {
        return m->settings->family->one_question;
}

/* fotad went down in the update that now turns out not to run: nothing was read since. */
bool is_not_seen_yet(const Module *m) {
        return is_one_question(m) && !m->reconciled && module_is_quiet(m);
}

bool is_own_request(const Module *m) {
        return m->record.request.open && m->record.request.own;
}

bool is_asked_by_module(const Module *m) {
        return m->record.request.open && !m->record.request.own;
}

/* So often the time of the state may pass. */
static unsigned timeouts_max(const Module *m) {
        if (m->record.state != STATE_CONNECTING)
                return DOWNLOADING_MAX;
        return m->missed ? CONNECTING_MISSED_MAX : CONNECTING_MAX;
}

bool is_in_time(const Module *m) {
        return m->record.unattended && m->stalls + 1 < timeouts_max(m);
}

/* Our yes came too late, or not at all. */
bool is_yes_lost(const Module *m) {
        return m->record.unattended && !m->grant_taken && is_asked_by_module(m);
}

/* The result of the last update, which has not been told yet. */
bool is_told_of_last(const Module *m) {
        return m->told_until != USEC_INFINITY;
}

/* An update runs that nobody here knows of: it began while fotad was away. */
bool is_found_updating(const Module *m) {
        return is_one_question(m) && !m->record.unattended &&
               m->family->findings.update_running == TRISTATE_YES;
}

/* It was not heard, and the module says so itself. */
bool is_unattended_over(const Module *m) {
        return m->record.unattended && is_version_changed(m);
}

/* The same question once more: it crossed the answer on the line, or came twice on a slow one and
 * the answer was taken. */
bool is_asked_meanwhile(const Module *m) {
        return m->record.unattended &&
               module_act_age(m) < (m->grant_taken ? DOUBLED_MAX : CROSSING_MAX);
}

/* ... or comes late. Who downloads does not ask: else its end was missed. */
bool is_asked_before(const Module *m) {
        return m->record.unattended &&
               module_now(m)->boottime < usec_add(m->record.state_boottime, DOUBLED_MAX);
}

bool is_update_running(const Module *m) {
        return m->record.unattended && m->watchdog_over && !is_version_changed(m) &&
               m->family->findings.update_running == TRISTATE_YES && m->runs_on < RUNS_ON_MAX;
}

/* fotad went down between the intent and its proof, and nothing came of it: it never left. */
bool is_start_doubtful(const Module *m) {
        return m->record.unattended && m->grant_uncertain && m->watchdog_over &&
               !m->heard_installing && !m->record.told && !is_version_changed(m) &&
               m->family->findings.update_running != TRISTATE_YES;
}

/* actions */

static void end_unattended(Module *m) {
        m->record.unattended = m->grant_uncertain = false;
        m->record.snapshot.restore_due = m->restore_was_due; /* nothing was flashed */
        m->record.version_before[0] = '\0';
        forget_grant(m);
}

/* What it runs after that, nobody has seen. */
void note_end_missed(Module *m) {
        m->reconciled = false;
}

/* Who asks has not begun. */
void module_asks_again(Module *module) {
        if (module->record.unattended && module->record.state == STATE_CONNECTING)
                end_unattended(module);
        module->record.unattended = false;
}

/* The yes was given: what comes now comes by itself, and may cost settings. */
void note_unattended(Module *m) {
        m->record.unattended = true;
        m->runs_on = 0;
        m->record.told = m->missed = false;
        m->overdue = REASON_NONE;
        m->restore_was_due = m->record.snapshot.restore_due;
        m->record.snapshot.restore_due = m->record.snapshot.taken > 0;
        module_mark(m);
}

/* What is being said was for a module at rest. A look begins anew: from now on it is careful. */
static void begin_unasked(Module *m) {
        const bool looks = m->verb_runs && m->verb == VERB_START;

        module_hush(m);
        close_request(m);
        forget_grant(m);
        if (m->record.job) {
                m->job.source = JOB_SOURCE_AUTOMATIC;
                module_job_save(m);
        }
        module_job_begin(m, JOB_SOURCE_AUTOMATIC, "");
        module_prepare_install(m);
        note_unattended(m);
        if (looks)
                say_start(m);
}

void note_automatic(Module *m) {
        begin_unasked(m);
        RECORD(m, EVENT_AGREEMENT_REQUESTED, D_TEXT("action", action_to_string(ACTION_INSTALL)),
               D_TEXT("by", "server"), D_TEXT("kind", "automatic"));
}

void note_found_updating(Module *m) {
        begin_unasked(m);
        RECORD_PLAIN(m, EVENT_DOWNLOAD_STARTED);
}

/* A download or an install that nobody agreed to, and no word of it before. */
void module_expect_unattended(Module *module) {
        if (is_one_question(module) && !module->record.unattended)
                begin_unasked(module);
}

/* fotad's own question to policy, for a person. */
void ask_self(Module *m) {
        module_open_request(m, ACTION_INSTALL, 0, false);
        m->record.request.own = true;
        m->record.answer = (Answer) { 0 };
        m->judged = false;
        RECORD(m, EVENT_AGREEMENT_REQUESTED, D_TEXT("action", action_to_string(ACTION_INSTALL)),
               D_TEXT("by", m->job.by));
}

static const char *why_over(const Module *m) {
        const AnswerKind kind = m->record.answer.kind;

        return kind == ANSWER_REFUSED  ? "refused" :
               kind == ANSWER_DEFERRED ? "not asked again" :
                                         "too late";
}

/* With the verdict that it ran into, where there was one. */
static void record_over(Module *m) {
        const char *action = action_to_string(m->record.request.action);

        if (m->judged && m->verdict.kind != VERDICT_ACCEPT)
                RECORD_DECISION(m, EVENT_AGREEMENT_DEFERRED, &m->verdict, D_TEXT("action", action),
                                D_TEXT("answer", why_over(m)));
        else
                RECORD(m, EVENT_AGREEMENT_DEFERRED, D_TEXT("action", action),
                       D_TEXT("answer", why_over(m)));
}

/* The module does not wait any more; whether it may is still asked. */
void note_ask_over(Module *m) {
        Request *request = &m->record.request;

        if (m->record.unattended) /* it did not take our yes */
                end_unattended(m);
        if (!request->open)
                return;
        if (!request->own)
                record_over(m);
        request->own = true;
        m->record.answer = (Answer) { 0 };
        m->judged = false;
        module_mark(m);
}

void ask_self_again(Module *m) {
        end_unattended(m);
        m->watchdog_over = false;
        ask_self(m);
}

/* After a restart of fotad: the time that has passed counts. */
usec_t module_recall_unattended(Module *module, usec_t passed) {
        const usec_t timeout = state_infos[module->record.state].timeout;

        module->missed = module->record.unattended;
        if (!module->record.unattended || !is_on_its_way(module->record.state))
                return usec_sub(timeout, passed);
        module->stalls = (unsigned) MIN_OF(passed / timeout, (usec_t) timeouts_max(module));
        return module->stalls < timeouts_max(module) ? timeout - passed % timeout : 0;
}

void note_overdue(Module *m) {
        m->overdue = m->record.state == STATE_CONNECTING ? REASON_ACTIVATION_FAILED :
                                                           REASON_TRANSFER_ERROR;
        note_watchdog(m);
}

void note_runs_on(Module *m) {
        m->runs_on++;
        m->watchdog_over = false;
}

/* It was not over: what is being said was for a module that does nothing. */
void note_goes_on(Module *m) {
        module_hush(m);
        m->heard_installed = m->heard_failed = m->heard_installing = false;
        m->watchdog_over = m->waited_for_verdict = m->record.told = false;
}

static Reason why_update_failed(const Module *m) {
        if (m->fact.reason != REASON_NONE)
                return m->fact.reason;
        switch ((int) m->record.state) {
        case STATE_DOWNLOADING:
        case STATE_SUSPENDED:
                return REASON_TRANSFER_ERROR;
        case STATE_VERIFYING:
                return REASON_PACKAGE_CORRUPT;
        default:
                return REASON_ACTIVATION_FAILED;
        }
}

void fail_update(Module *m) {
        const Reason reason = why_update_failed(m);

        end_unattended(m);
        RECORD(m, EVENT_DOWNLOAD_FAILED, D_TEXT("reason", reason_to_string(reason)));
        close_request(m);
        module_job_end(m, OUTCOME_FAILED, reason);
}

/* The server has its result, and no restart was heard of: the version tells whether there was one.
 */
void note_told_early(Module *m) {
        m->record.told = true;
        m->start_failures = 0;
        module_mark(m);
}

void note_told(Module *m) {
        m->record.told = m->told_until == USEC_INFINITY; /* else it is the last update's */
        m->told_until = USEC_INFINITY;
        RECORD(m, EVENT_NOTIFIED, D_TEXT("kind", "result"));
}

void note_notified(Module *m) {
        RECORD(m, EVENT_NOTIFIED, D_TEXT("kind", "query"));
}

void note_provisioned(Module *m) {
        RECORD_PLAIN(m, EVENT_PROVISIONED);
}

/* deciding */

/* Three quarters of the time that the module gives are a person's; then it gets an answer, so that
 * its server can ask again. */
usec_t module_answer_due(const Module *module) {
        const usec_t window = module->settings->family_settings.answer_window;
        const ModuleRecord *record = &module->record;

        if (!window || !is_asked_by_module(module) || record->answer.kind != ANSWER_NONE)
                return USEC_INFINITY;
        return usec_add(record->request.asked_boottime, window / 4 * 3);
}

usec_t module_ask_end(const Module *module) {
        const usec_t window = module->settings->family_settings.answer_window;
        const ModuleRecord *record = &module->record;

        if (!window || !is_asked_by_module(module) || state_infos[record->state].installs ||
            record->answer.kind == ANSWER_ACCEPTED)
                return USEC_INFINITY;
        if (record->answer.kind == ANSWER_DEFERRED)
                return usec_add(record->answer.until_boottime, DELAY_GRACE);
        return usec_add(record->request.asked_boottime, window);
}

/* Policy says yes to a question of fotad's own, and only the server can begin. */
bool module_reissues(const Module *module) {
        return is_own_request(module) && !module->family->findings.can_update;
}

usec_t module_reissued_from(const Module *module, Action action) {
        const Findings *found = &module->family->findings;
        const Clock *now = module_now(module);
        const usec_t due = module_answer_due(module);

        if (!is_request_open(module) || module->record.request.action != action ||
            found->can_update)
                return 0;
        if (is_own_request(module))
                return 1;
        if (due == USEC_INFINITY || found->can_defer)
                return 0; /* nobody hurries, or it asks again by itself */
        return usec_add(now->realtime, usec_sub(due, now->boottime));
}

void module_reissue(Module *module, const char *by, const Verdict *verdict) {
        RECORD_DECISION(module, EVENT_REISSUE_WANTED, verdict,
                        D_TEXT("action", action_to_string(module->record.request.action)),
                        D_TEXT("by", by));
        module_raise(module, ON_REISSUED);
}

/* Nothing runs, and nothing of the module's own waits for an answer. */
bool module_is_calm(const Module *module) {
        const State state = module->record.state;

        return state == STATE_IDLE || (state == STATE_INSTALL_PENDING && is_own_request(module));
}

bool module_can(const Module *module, Verb verb) {
        return family_can(module->settings->family, verb);
}

void module_tick_unattended(Module *module) {
        const usec_t now = module_now(module)->boottime;

        if (module_ask_end(module) <= now)
                module_raise(module, ON_ASK_OVER);
        if (module->told_until <= now) {
                module->told_until = USEC_INFINITY;
                log_warning("%s: the module has not told its update server of the result yet",
                            module->settings->name);
        }
}

/* line signals */

bool gateway_watches_lines(const Gateway *gateway, size_t index) {
        const Module *module = gateway->modules[index];

        return module->record.unattended && module->record.state == STATE_INSTALLING &&
               module->port_open;
}

/* It flashes still: longer than it should, but nothing is said to it. */
void gateway_line_toggled(Gateway *gateway, size_t index) {
        Module *module = gateway->modules[index];
        const usec_t now = gateway->now.boottime;

        module->line_toggled = gateway->now.realtime;
        if (is_flashing(module))
                module->state_deadline = MAX_OF(module->state_deadline, now + TOGGLE_GRACE);
}
