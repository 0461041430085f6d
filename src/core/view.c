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

bool gateway_reports_allowed(const Gateway *gateway) {
        return gateway_clock_trusted(gateway);
}

void gateway_judge(const Gateway *gateway _unused_, const Module *module, Action action,
                   Verdict *ret) {
        module_judge(module, action, ret);
}

void gateway_judge_at(const Gateway *gateway _unused_, const Module *module, Action action,
                      usec_t realtime, Verdict *ret) {
        module_judge_at(module, action, realtime, ret);
}

void gateway_forecast(const Gateway *gateway _unused_, const Module *module, Action action,
                      Forecast *ret) {
        module_forecast(module, action, ret);
}

/* NEXT: the one thing that is waited for */

static void local_time(char *to, size_t size, usec_t realtime) {
        const time_t t = (time_t) (realtime / USEC_PER_SEC);
        struct tm tm;

        if (!localtime_r(&t, &tm) || strftime(to, size, "%a %H:%M", &tm) == 0)
                to[0] = '\0';
}

static void next_of_request(const Module *module, char ret[static NEXT_MAX]) {
        const ModuleRecord *record = &module->record;
        const char *action = action_to_string(record->request.action);
        char at[32];

        if ((record->answer.kind == ANSWER_DEFERRED || record->answer.kind == ANSWER_REFUSED) &&
            record->answer.until_realtime > module_now(module)->realtime) {
                local_time(at, sizeof(at), record->answer.until_realtime);
                (void) snprintf(ret, NEXT_MAX, "%s deferred, asked again %s", action, at);
        } else if (record->answer.kind == ANSWER_REFUSED)
                (void) snprintf(ret, NEXT_MAX, "%s: answered once the module asks again", action);
        else if (!chat_is_synced(module->chat) || module->start_failures > 0)
                (void) snprintf(ret, NEXT_MAX, "%s: the module to answer", action);
        else if (!module->judged || module->verdict.kind == VERDICT_ACCEPT)
                (void) snprintf(ret, NEXT_MAX, "%s: being decided", action);
        else if (module->verdict.because == RULE_DECISION ||
                 module->verdict.because == RULE_DEADLINE)
                (void) snprintf(ret, NEXT_MAX, "your answer: fotactl accept %s %s",
                                module->settings->name, action);
        else
                (void) snprintf(ret, NEXT_MAX, "%s: %s", action,
                                module->verdict.findings[module->verdict.because].text);
}

static void next_of_state(const Module *module, char ret[static NEXT_MAX]) {
        const ModuleRecord *record = &module->record;

        if (record->state == STATE_BLOCKED && module->port_holder[0])
                (void) snprintf(ret, NEXT_MAX, "%s to let the port go", module->port_holder);
        else if (record->state == STATE_BLOCKED && module->port_problem[0])
                (void) snprintf(ret, NEXT_MAX, "the port: %s", module->port_problem);
        else if (record->state == STATE_BLOCKED)
                (void) snprintf(ret, NEXT_MAX, "you: %s", reason_to_string(module->blocked));
        else if (record->suspended && record->job)
                (void) snprintf(ret, NEXT_MAX, "you: fotactl resume %s", module->settings->name);
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
                (void) snprintf(ret, NEXT_MAX, "its registration, as soon as it may");
        else if (record->state == STATE_IDLE && record->registration.wanted &&
                 module->family->findings.register_cuts)
                (void) snprintf(ret, NEXT_MAX,
                                "policy to allow the registration, or you: fotactl register %s",
                                module->settings->name);
        else if (record->state == STATE_IDLE && module_wants_session(module))
                (void) snprintf(ret, NEXT_MAX, "a session with the server");
        else if (record->state == STATE_CONNECTED && record->job)
                (void) snprintf(ret, NEXT_MAX, "the server to offer a package");
        else
                (void) snprintf(ret, NEXT_MAX, "%s", state_infos[record->state].waits_for);
}

static void view_next(const Gateway *gateway, const Module *module, char ret[static NEXT_MAX]) {
        ret[0] = '\0';
        if (!gateway->storage_ok)
                (void) snprintf(ret, NEXT_MAX, "the database to be writable again");
        else if (is_request_open(module) && module->port_open)
                next_of_request(module, ret);
        else
                next_of_state(module, ret);
}

void gateway_view(const Gateway *gateway, const Module *module, ModuleView *ret) {
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
        view_next(gateway, module, ret->next);
}
