/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What others may see of the gateway: views without side effects, for the bus, for reports and for
 * tests. */

#include <stdio.h>
#include <time.h>

#include "core/turn.h"

size_t gateway_n_modules(const Gateway *gateway) {
        return gateway->n_modules;
}

Module *gateway_module(const Gateway *gateway, size_t index) {
        return index < gateway->n_modules ? gateway->modules[index] : NULL;
}

Module *gateway_find(const Gateway *gateway, const char *name) {
        for (size_t i = 0; i < gateway->n_modules; i++)
                if (gateway->modules[i] && streq(gateway->modules[i]->record.name, name))
                        return gateway->modules[i];
        return NULL;
}

const Settings *gateway_settings(const Gateway *gateway) {
        return gateway->settings;
}

bool gateway_storage_ok(const Gateway *gateway) {
        return gateway->storage_ok;
}

uint64_t gateway_n_unwritten(const Gateway *gateway) {
        return gateway->batch.lost_events + gateway->batch.n_events;
}

bool gateway_knows_past(const Gateway *gateway) {
        return !gateway->past_unknown;
}

bool gateway_installs_now(const Gateway *gateway, size_t index) {
        return module_installs(gateway->modules[index]);
}

bool gateway_reports_allowed(const Gateway *gateway) {
        return gateway_clock_trusted(gateway);
}

void gateway_judge(const Gateway *gateway _unused_, const Module *module, Action action,
                   Verdict *ret) {
        module_explain_at(module, action, 0, ret);
}

void gateway_judge_at(const Gateway *gateway _unused_, const Module *module, Action action,
                      usec_t realtime, Verdict *ret) {
        module_explain_at(module, action, realtime, ret);
}

void gateway_forecast(const Gateway *gateway _unused_, const Module *module, Action action,
                      Forecast *ret) {
        module_forecast(module, action, ret);
}

void gateway_need(const Gateway *gateway _unused_, const Module *module, Action action, Rule rule,
                  Need *ret) {
        module_need(module, action, rule, ret);
}

/* NEXT: the one thing that is waited for */

/* "Sat 02:00"; with its date when it is not within the week. */
static void local_time(char *to, size_t size, usec_t realtime, usec_t now) {
        const bool near = realtime < usec_add(now, 6 * USEC_PER_DAY);
        const time_t t = (time_t) (realtime / USEC_PER_SEC);
        struct tm tm;

        if (!localtime_r(&t, &tm) ||
            strftime(to, size, near ? "%a %H:%M" : "%Y-%m-%d %H:%M", &tm) == 0)
                to[0] = '\0';
}

/* Must a person answer, whatever else is missing? The window may open in vain without. */
static bool waits_for_person(const Module *module) {
        const Action action = module->record.request.action;
        Forecast forecast;
        Need need;

        if (module->verdict.because == RULE_DECISION || module->verdict.because == RULE_DEADLINE)
                return true;
        module_need(module, action, module->verdict.because, &need);
        if (need.person || module->verdict.because != RULE_WINDOW)
                return need.person;
        module_forecast(module, action, &forecast);
        for (Rule rule = 0; rule < _RULE_MAX; rule++) {
                if (!rule_set_has(forecast.needs, rule))
                        continue;
                module_need(module, action, rule, &need);
                if (need.person)
                        return true;
        }
        return forecast.consented < forecast.at;
}

/* One question may be for two actions, of which either may be put off. */
static const char *put_off_by(const ModuleRecord *record, usec_t until) {
        for (Action action = 0; action < _ACTION_MAX; action++)
                if (record_deferral(record, action)->until == until)
                        return record_deferral(record, action)->by;
        return "somebody";
}

static void next_of_verdict(const Module *module, char ret[static NEXT_MAX]) {
        const char *action = action_to_string(module->record.request.action);
        const Verdict *verdict = &module->verdict;
        const usec_t next = verdict->findings[verdict->because].next_change;
        Question question;
        char at[32];

        if (waits_for_person(module)) {
                (void) snprintf(ret, NEXT_MAX, "your answer: fotactl accept %s %s",
                                module->settings->name, action);
                return;
        }
        local_time(at, sizeof(at), next, module_now(module)->realtime);
        module_question(module, verdict->action, &question);
        if (next != USEC_INFINITY && next == policy_deadline(&question))
                (void) snprintf(ret, NEXT_MAX, "%s: the deadline of the %s is over", at,
                                action_to_string(verdict->action));
        else if (verdict->because == RULE_WINDOW && next != USEC_INFINITY)
                (void) snprintf(ret, NEXT_MAX, "%s: the %s window opens", at,
                                action_to_string(verdict->action));
        else if (verdict->because == RULE_DEFERRAL && next != USEC_INFINITY)
                (void) snprintf(ret, NEXT_MAX, "%s: %s is put off until then by %s", at, action,
                                put_off_by(&module->record, next));
        else
                (void) snprintf(ret, NEXT_MAX, "%s: %s", action,
                                verdict->findings[verdict->because].text);
}

static void next_of_request(const Module *module, char ret[static NEXT_MAX]) {
        const ModuleRecord *record = &module->record;
        const char *action = action_to_string(record->request.action);
        const usec_t now = module_now(module)->realtime;
        char at[32];

        if (record->answer.kind == ANSWER_REFUSED && record->answer.until_realtime > now) {
                local_time(at, sizeof(at), record->answer.until_realtime, now);
                (void) snprintf(ret, NEXT_MAX, "%s deferred, asked again %s", action, at);
        } else if (record->answer.kind == ANSWER_REFUSED)
                (void) snprintf(ret, NEXT_MAX, "%s: answered once the module asks again", action);
        else if (!chat_is_synced(module->chat) || module->start_failures > 0)
                (void) snprintf(ret, NEXT_MAX, "%s: the module to answer", action);
        else if (!module->judged || module->verdict.kind == VERDICT_ACCEPT)
                (void) snprintf(ret, NEXT_MAX, "%s: being decided", action);
        else
                next_of_verdict(module, ret);
}

/* What keeps a session from being opened, or when it is tried. */
static void next_of_session(const Module *module, char ret[static NEXT_MAX]) {
        const Clock *now = module_now(module);
        Question question;
        Verdict verdict;
        char at[32];

        module_connect_question(module, &question);
        policy_judge(&question, &verdict);
        if (!verdict.findings[RULE_DECISION].passes)
                (void) snprintf(ret, NEXT_MAX, "you: fotactl connect %s", module->settings->name);
        else if (verdict.kind != VERDICT_ACCEPT)
                (void) snprintf(ret, NEXT_MAX, "a session: %s",
                                verdict.findings[verdict.because].text);
        else if (module->connect_at > usec_add(now->boottime, USEC_PER_MINUTE)) {
                local_time(at, sizeof(at),
                           usec_add(now->realtime, module->connect_at - now->boottime),
                           now->realtime);
                (void) snprintf(ret, NEXT_MAX, "a session with the server, tried again %s", at);
        } else
                (void) snprintf(ret, NEXT_MAX, "a session with the server");
}

/* Until a cancel's day is over. */
static void next_of_put_off(const Module *module, char ret[static NEXT_MAX]) {
        char at[32];

        local_time(at, sizeof(at), module_session_put_off(module), module_now(module)->realtime);
        (void) snprintf(ret, NEXT_MAX, "%s: a session is put off until then by %s", at,
                        module->record.put_off[ACTION_DOWNLOAD].by);
}

/* What fotad would do by itself. */
static void next_of_inhibited(const Module *module, Action action, char ret[static NEXT_MAX]) {
        Inhibited inhibited;

        leases_fill(module->gateway, module->settings->name, action, &inhibited);
        (void) snprintf(ret, NEXT_MAX, "%s: inhibited by %s: %s", action_to_string(action),
                        inhibited.who, inhibited.why);
}

/* A person asked for it. */
static void next_of_registration(const Module *module, char ret[static NEXT_MAX]) {
        Verdict verdict;

        module_judge_registration(module, &verdict);
        const char *why = verdict.findings[verdict.because].text;
        if (verdict.kind == VERDICT_ACCEPT || !why[0])
                (void) snprintf(ret, NEXT_MAX, "its registration, as soon as it may");
        else
                (void) snprintf(ret, NEXT_MAX, "its registration: %.140s", why);
}

static void next_of_state(const Module *module, char ret[static NEXT_MAX]) {
        const ModuleRecord *record = &module->record;

        if (record->state == STATE_BLOCKED && module->port_holder[0])
                (void) snprintf(ret, NEXT_MAX, "%s to let the port go", module->port_holder);
        else if (record->state == STATE_BLOCKED && module->port_problem[0])
                (void) snprintf(ret, NEXT_MAX, "the port: %s", module->port_problem);
        else if (record->state == STATE_BLOCKED && module->blocked == REASON_WRONG_MODULE &&
                 module_namesake(module))
                (void) snprintf(ret, NEXT_MAX, "you: %s, its IMEI is that of %s",
                                reason_to_string(module->blocked),
                                module_namesake(module)->settings->name);
        else if (record->state == STATE_BLOCKED)
                (void) snprintf(ret, NEXT_MAX, "you: %s", reason_to_string(module->blocked));
        else if (record->suspended && (record->job || record->state == STATE_IDLE))
                (void) snprintf(ret, NEXT_MAX, "you: fotactl resume %s", module->settings->name);
        else if (module_session_put_off(module) &&
                 (record->state == STATE_IDLE || record->state == STATE_SUSPENDED))
                next_of_put_off(module, ret);
        else if (record->push_wanted && record->state == STATE_IDLE &&
                 module_is_inhibited(module, ACTION_DOWNLOAD))
                next_of_inhibited(module, ACTION_DOWNLOAD, ret);
        else if (record->push_wanted && record->state != STATE_DOWNLOADING)
                (void) snprintf(ret, NEXT_MAX, "the port to be free for the package");
        else if (record->state == STATE_IDLE && record->snapshot.restore_due)
                (void) snprintf(ret, NEXT_MAX, "its settings to be restored");
        else if (record->state == STATE_IDLE && record->job && is_one_question(module))
                (void) snprintf(ret, NEXT_MAX, "the update server to ask again");
        else if (record->state == STATE_IDLE && record->registration.state == REGISTRATION_ASKED)
                (void) snprintf(ret, NEXT_MAX, "the update server to confirm the registration");
        else if (record->state == STATE_IDLE && record->registration.wanted &&
                 record->registration.forced)
                next_of_registration(module, ret);
        else if (record->state == STATE_IDLE && record->registration.wanted &&
                 module->family->findings.register_cuts)
                (void) snprintf(ret, NEXT_MAX,
                                "policy to allow the registration, or you: fotactl register %s",
                                module->settings->name);
        else if (record->state == STATE_IDLE && module_wants_session(module) &&
                 module_is_inhibited(module, ACTION_CONNECT))
                next_of_inhibited(module, ACTION_CONNECT, ret);
        else if (record->state == STATE_IDLE && module_wants_session(module))
                next_of_session(module, ret);
        else if (record->state == STATE_DOWNLOAD_PENDING ||
                 record->state == STATE_INSTALL_PENDING) /* it was accepted */
                (void) snprintf(ret, NEXT_MAX, "the module to begin the %s",
                                record->state == STATE_DOWNLOAD_PENDING ? "download" : "install");
        else if (record->state == STATE_CONNECTED && record->job)
                (void) snprintf(ret, NEXT_MAX, "the server to offer a package");
        else
                (void) snprintf(ret, NEXT_MAX, "%s", state_infos[record->state].waits_for);
}

char *gateway_next(const Gateway *gateway, const Module *module, char to[static NEXT_MAX]) {
        to[0] = '\0';
        if (!gateway->storage_ok)
                (void) snprintf(to, NEXT_MAX, "the database to be writable again");
        else if (is_request_open(module) && module->port_open)
                next_of_request(module, to);
        else
                next_of_state(module, to);
        return to;
}

static bool consent_counts(const Module *module) {
        Question question;

        if (!module->record.consent.given)
                return false;
        module_question(module, module->record.consent_action, &question);
        return consent_is_valid(&question.consent, &question);
}

void gateway_view(const Gateway *gateway _unused_, const Module *module, ModuleView *ret) {
        *ret = (ModuleView) {
                .settings = module->settings,
                .record = &module->record,
                .policy_version = module->policy_version,
                .dev_eui = module->dev_eui,
                .reconciled = module->reconciled,
                .has_signal = module->family->findings.has_signal,
                .signal_dbm = module->family->findings.signal_dbm,
                .session_open = module->session_open,
                .port_open = module->port_open,
                .port_holder = module->port_holder,
                .blocked = module->record.state == STATE_BLOCKED ? module->blocked : REASON_NONE,
                .consent_counts = consent_counts(module),
                .held = module->judged && module->record.request.open &&
                        module->record.answer.kind == ANSWER_NONE &&
                        module->verdict.kind == VERDICT_HOLD,
                .job = module->job,
                .last_job = module->last_job,
                .transcript = module->transcript,
                .n_retry_timers = module->family->findings.n_retry_timers,
                .retry_timers = module->family->findings.retry_timers,
                .poll_minutes = module->family->findings.poll_minutes,
                .missing = module->family->findings.missing,
                .can_register = module->family->findings.can_register,
                .line_toggled = module->line_toggled,
                .has_sessions = module_can(module, VERB_CONNECT),
                .keeps_settings = module_can(module, VERB_SAVE),
        };
}
