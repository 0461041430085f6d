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

_printf_(3, 4) static void hinder(Hindrance *ret, const char *event, const char *format, ...) {
        va_list args;

        va_start(args, format);
        (void) vsnprintf(ret->text, sizeof(ret->text), format, args);
        va_end(args);
        ret->event = event;
}

static void fill_closed(const Module *module, Hindrance *ret) {
        if (module->port_holder[0])
                hinder(ret, "the port to be let go", "its port is held by %s", module->port_holder);
        else if (module->port_problem[0])
                hinder(ret, "its port to be opened", "its port can not be opened: %s",
                       module->port_problem);
        else
                hinder(ret, "its port to be there", "its port is not there: %.120s",
                       module->settings->device);
}

/* An answer that came too early is not repeated. */
static void fill_refused(const Module *module, Hindrance *ret) {
        const usec_t until = module->record.answer.until_realtime;

        if (until > module_now(module)->realtime)
                ret->until = until;
        hinder(ret, "the module to ask again", "it takes no answer until it asks again");
}

/* What keeps fotad from answering, whatever policy says: the same as in decide.c. */
static void fill_hindrance(const Module *module, Action action, Hindrance *ret) {
        const ModuleRecord *record = &module->record;

        ret->until = USEC_INFINITY;
        if (module_installs(module))
                hinder(ret, "its install to end", "it installs: nothing is said to it until then");
        else if (!module->port_open)
                fill_closed(module, ret);
        else if (record->state == STATE_BLOCKED && module->blocked != REASON_NONE &&
                 action_needs_package(action))
                hinder(ret, "somebody to put right what blocks it", "it is blocked: %s",
                       reason_to_string(module->blocked));
        else if (!module->reconciled && module->start_failures == 0)
                hinder(ret, "the module to be looked at", "it was not looked at yet");
        else if (!module->reconciled || !chat_is_synced(module->chat) ||
                 (is_own_request(module) && module->start_failures > 0))
                hinder(ret, "the module to answer", "it does not answer");
        else if (record_is_reissued(record, action))
                hinder(ret, EVENT_SERVER, "the update server was told to ask again");
        else if (asks_for(record, action) && record->answer.kind == ANSWER_REFUSED)
                fill_refused(module, ret);
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
        const Module *down;

        ret->installs_running = gateway_down(gateway, module, &down);
        if (down)
                (void) TEXT_COPY(ret->down, module_name(down));
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
        if (ret->asked && module->record.request.first_boottime == 0)
                ret->waited_since = module->record.request.first_realtime;
        if (!ret->clock_trusted)
                (void) TEXT_COPY(ret->clock_problem, gateway_clock_problem(gateway));
        if (ret->policy->actions[ret->action].jitter > 0)
                ret->jitter_share = jitter_share_of(
                        module->dev_eui[0] != '\0' ? module->dev_eui : module->settings->name);
}

/* An update goes on, or the server may begin one. */
static bool may_install(const Module *module) {
        return module->record.job != 0 || module->session_open || module_installs(module);
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
                .may_report = action == ACTION_CONNECT && may_install(module),
                .suspended = record->suspended && action == ACTION_DOWNLOAD,
                .asked = asks_for(record, action) || record_is_reissued(record, action),
                .reissued_from = module_reissued_from(module, action),
        };
        fill_hindrance(module, action, &ret->hindrance);
        leases_fill(gateway, module->settings->name, action, &ret->inhibited);
        fill_waiting(module, ret);
        fill_missing(module, ret->missing);
        fill_clock(module, ret);
        (void) TEXT_COPY(ret->firmware, record->firmware);
        if (record->consent.given && record->consent_action == action) {
                ret->consent = record->consent;
                ret->consent_undated =
                        module->word.undated ? realtime_of(module, module->word.consent) : 0;
        }
        if (deferral->until > gateway->now.realtime) {
                ret->deferred_until = deferral->until;
                (void) TEXT_COPY(ret->deferred_by, deferral->by);
        }
        fill_several(module, ret);
}

/* A person or the server asked for a session: that is the consent to one that fotad opens. */
static void fill_ordered(const Module *module, Question *ret) {
        if (!module->record.wanted_session)
                return;
        ret->consent = (Consent) { .given = true, .until = USEC_INFINITY };
        (void) TEXT_COPY(ret->consent.by, !module->record.job ? "an order" :
                                          module->job.by[0]   ? module->job.by :
                                                                "the update that runs");
}

void module_connect_question(const Module *module, Question *ret) {
        module_question(module, ACTION_CONNECT, ret);
        ret->hindrance = (Hindrance) { 0 }; /* it is no answer */
        fill_ordered(module, ret);
}

/* One question for both: the stricter answer counts, and a yes to the install is one to both. */
size_t module_questions(const Module *module, Action action,
                        Question ret[static FORECAST_QUESTIONS_MAX]) {
        module_question(module, action, &ret[0]);
        if (action == ACTION_CONNECT && !asks_for(&module->record, action))
                fill_ordered(module, &ret[0]); /* no question of the module: fotad opens it */
        if (!is_one_question(module) || action != ACTION_INSTALL)
                return 1;
        module_question(module, ACTION_DOWNLOAD, &ret[1]);
        ret[1].consent = ret[0].consent;
        ret[1].consent_undated = ret[0].consent_undated;
        ret[1].asked = ret[0].asked;
        ret[1].waited = ret[0].waited;
        ret[1].waited_since = ret[0].waited_since;
        return 2;
}

/* One line for two actions: what does not pass, else both; labelled where they differ. */
static void tell_both(const Verdict verdicts[static 2], Rule rule, Finding *ret) {
        const Finding *a = &verdicts[0].findings[rule], *b = &verdicts[1].findings[rule];
        char text[2 * FINDING_TEXT_MAX];
        Text to;

        if (a->passes == b->passes && streq(a->text, b->text))
                return;
        text_init(&to, text, sizeof(text));
        if (!a->passes || b->passes)
                text_printf(&to, "%s: %s", action_to_string(verdicts[0].action), a->text);
        if (!b->passes || a->passes)
                text_printf(&to, "%s%s: %s", to.length > 0 ? "; " : "",
                            action_to_string(verdicts[1].action), b->text);
        ret->applies = a->applies || b->applies;
        ret->passes = a->passes && b->passes;
        ret->next_change = MAX_OF(a->next_change, b->next_change); /* 0: it passes */
        (void) TEXT_COPY(ret->text, text);
}

/* Of two that are alike, the one that lasts: a yes ends with the first of them, a no with the last.
 */
static bool is_stricter(const Verdict *verdict, const Verdict *than) {
        if (verdict->kind != than->kind)
                return verdict->kind > than->kind;
        return verdict->kind == VERDICT_ACCEPT ? verdict->next_change < than->next_change :
                                                 verdict->next_change > than->next_change;
}

/* The stricter verdict is that of both. */
static void judge(const Module *module, Action action, usec_t realtime, bool brief, Verdict *ret) {
        Question questions[FORECAST_QUESTIONS_MAX], later;
        const size_t n = module_questions(module, action, questions);
        Verdict verdicts[FORECAST_QUESTIONS_MAX];
        size_t stricter = 0;

        for (size_t i = 0; i < n; i++) {
                questions[i].brief = brief;
                question_at(&questions[i], realtime, &later);
                policy_judge(&later, &verdicts[i]);
                if (is_stricter(&verdicts[i], &verdicts[stricter]))
                        stricter = i;
        }
        *ret = verdicts[stricter];
        for (Rule rule = 0; n > 1 && !brief && rule < _RULE_MAX; rule++)
                tell_both(verdicts, rule, &ret->findings[rule]);
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

void module_need(const Module *module, Action action, Rule rule, Need *ret) {
        Question questions[FORECAST_QUESTIONS_MAX];
        const size_t n = module_questions(module, action, questions);

        policy_need(questions, n, rule, ret);
}

void module_forecast(const Module *module, Action action, Forecast *ret) {
        Question questions[FORECAST_QUESTIONS_MAX];
        const size_t n = module_questions(module, action, questions);

        policy_forecast(questions, n, ret);
}
