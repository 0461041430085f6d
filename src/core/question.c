/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What policy is asked: all facts that a verdict on a module depends on, and the verdicts on them,
 * of now and of later. Owns nothing and changes nothing. */

#include <stdio.h>

#include "core/turn.h"

static usec_t realtime_of(const Module *module, usec_t boottime) {
        const Clock *now = module_now(module);

        return boottime <= now->boottime ? 0 : now->realtime + (boottime - now->boottime);
}

/* A question for a session that was answered stays open as long as the session; nobody waits. */
static bool asks_for(const ModuleRecord *record, Action action) {
        return record->request.open && record->request.action == action &&
               (action != ACTION_CONNECT || record_waits(record));
}

/* What an update needs; first what a person must know of most. */
static void fill_missing(const Module *module, char ret[static MISSING_MAX]) {
        const char *missing = module->family->findings.missing;

        module_registration_missing(module, ret);
        if (!ret[0])
                module_settings_missing(module, ret);
        if (!ret[0] && missing[0])
                (void) snprintf(ret, MISSING_MAX, "missing: %.150s", missing);
}

static void fill_waiting(const Module *module, Question *ret) {
        ret->waited = ret->asked ? module_request_waited(module) : 0;
        ret->n_readings = module->n_readings;
        memcpy(ret->readings, module->readings, sizeof(ret->readings));
        if (module->job.source == JOB_SOURCE_CATALOGUE)
                (void) TEXT_COPY(ret->target, module->record.hop_to);
}

/* What the other modules do, and what the gateway is like. */
static void fill_several(const Module *module, Question *ret) {
        const Gateway *gateway = module->gateway;
        const GatewaySettings *settings = &gateway->settings->gateway;

        ret->installs_running = gateway_installs(gateway) - (module_installs(module) ? 1U : 0U);
        ret->concurrent_installs = settings->concurrent_installs;
        ret->keep_online = settings->keep_online;
        ret->modules_usable =
                gateway_usable(gateway, module, settings->keep_online, &ret->usable_from);
        ret->barrier_open = gateway_barrier_open(gateway, &ret->barrier_until);
        module_soak(module, &ret->soak);
        module_uplink(module, ret);
}

static void fill_clock(const Module *module, Question *ret) {
        const Gateway *gateway = module->gateway;

        ret->clock_trusted = gateway_clock_trusted(gateway);
        if (!ret->clock_trusted)
                (void) TEXT_COPY(ret->clock_problem, gateway_clock_problem(gateway));
        if (ret->policy->actions[ret->action].jitter > 0)
                ret->jitter_share = jitter_share_of(
                        module->dev_eui[0] != '\0' ? module->dev_eui : module->settings->name);
}

void module_question(const Module *module, Action action, Question *ret) {
        const Gateway *gateway = module->gateway;
        const ModuleRecord *record = &module->record;
        const Deferral *deferral = record_deferral(record, action);

        *ret = (Question) {
                .action = action,
                .brief = true,
                .policy = &module->settings->policy,
                .now = gateway->now,
                .zone = &gateway->zone,
                .clock_trusted_from = gateway_clock_trusted_from(gateway),
                .storage_ok = gateway->storage_ok,
                .size_known = record->package_bytes > 0,
                .package_bytes = record->package_bytes,
                .size_wait_until = realtime_of(module, module->size_wait_until),
                .reports_result = record->result_due,
                .suspended = record->suspended && action == ACTION_DOWNLOAD,
                .asked = asks_for(record, action),
        };
        leases_fill(gateway, module->settings->name, action, &ret->inhibited);
        fill_waiting(module, ret);
        fill_missing(module, ret->missing);
        fill_clock(module, ret);
        (void) TEXT_COPY(ret->firmware, record->firmware);
        if (record->consent.given && record->consent_action == action)
                ret->consent = record->consent;
        if (deferral->until > gateway->now.realtime) {
                ret->deferred_until = deferral->until;
                (void) TEXT_COPY(ret->deferred_by, deferral->by);
        }
        fill_several(module, ret);
}

void module_connect_question(const Module *module, Question *ret) {
        module_question(module, ACTION_CONNECT, ret);
        if (module->record.wanted_session) /* a person or the server asked for it: that is the
                                              consent */
                ret->consent = (Consent) { .given = true, .until = USEC_INFINITY };
}

/* One question for both: the stricter answer counts, and a yes to the install is one to both. */
size_t module_questions(const Module *module, Action action,
                        Question ret[static FORECAST_QUESTIONS_MAX]) {
        module_question(module, action, &ret[0]);
        if (!is_one_question(module) || action != ACTION_INSTALL)
                return 1;
        module_question(module, ACTION_DOWNLOAD, &ret[1]);
        ret[1].consent = ret[0].consent;
        ret[1].asked = ret[0].asked;
        ret[1].waited = ret[0].waited;
        return 2;
}

static void judge(const Module *module, Action action, usec_t realtime, bool brief, Verdict *ret) {
        Question questions[FORECAST_QUESTIONS_MAX], later;
        const size_t n = module_questions(module, action, questions);
        Verdict verdict;

        for (size_t i = 0; i < n; i++) {
                questions[i].brief = brief;
                question_at(&questions[i], realtime, &later);
                policy_judge(&later, &verdict);
                if (i == 0 || verdict.kind > ret->kind)
                        *ret = verdict;
        }
}

void module_judge(const Module *module, Action action, Verdict *ret) {
        judge(module, action, 0, true, ret);
}

void module_judge_at(const Module *module, Action action, usec_t realtime, Verdict *ret) {
        judge(module, action, realtime, true, ret);
}

void module_explain_at(const Module *module, Action action, usec_t realtime, Verdict *ret) {
        judge(module, action, realtime, false, ret);
}

void module_forecast(const Module *module, Action action, Forecast *ret) {
        Question questions[FORECAST_QUESTIONS_MAX];
        const size_t n = module_questions(module, action, questions);

        policy_forecast(questions, n, ret);
}
