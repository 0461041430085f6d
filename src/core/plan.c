/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The coming days, module by module: what time brings for sure, and what else would have to happen.
 *
 * Looks and changes nothing. Nothing is decided here: grants are where policy_forecast() finds
 * them, and timers are those that the module itself runs on. What no clock knows (a server's
 * offer, a module's own polling) has no moment and stands at the end. */

#include "core/plan.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/turn.h"
#include "policy/window.h"

static const char *const plan_kinds[] = {
        [PLAN_GRANT] = "grant",
        [PLAN_WOULD] = "would",
        [PLAN_PUSH] = "push",
        [PLAN_WINDOW_OPENS] = "window-opens",
        [PLAN_WINDOW_CLOSES] = "window-closes",
        [PLAN_ASKED_AGAIN] = "asked-again",
        [PLAN_ANSWER_DUE] = "answer-due",
        [PLAN_DEADLINE] = "deadline",
        [PLAN_CONSENT_ENDS] = "consent-ends",
        [PLAN_DEFERRAL_ENDS] = "deferral-ends",
        [PLAN_SESSION] = "session",
        [PLAN_REGISTRATION] = "registration",
        [PLAN_SETTINGS] = "settings",
        [PLAN_JOB_ENDS] = "job-ends",
        [PLAN_TIMEOUT] = "timeout",
        [PLAN_VERDICT] = "verdict",
};
DEFINE_STRING_TABLE(plan_kind, PlanKind, plan_kinds)

/* rows */

static usec_t realtime_at(const Module *module, usec_t boottime) {
        const Clock *now = module_now(module);

        return boottime == USEC_INFINITY ?
                       USEC_INFINITY :
                       usec_add(now->realtime, usec_sub(boottime, now->boottime));
}

/* NULL: it lies behind what is planned, or there is no room. */
static PlanRow *row_add(Plan *plan, const Module *module, usec_t at, PlanKind kind) {
        const usec_t end = usec_add(module_now(module)->realtime, PLAN_AHEAD);

        if (at > end || plan->n >= PLAN_ROWS_MAX)
                return NULL;
        PlanRow *row = &plan->rows[plan->n++];

        *row = (PlanRow) { .at = at, .module = module, .kind = kind, .action = "", .sure = true };
        return row;
}

_printf_(2, 3) static void row_say(PlanRow *row, const char *format, ...) {
        va_list args;

        if (!row)
                return;
        va_start(args, format);
        (void) vsnprintf(row->text, sizeof(row->text), format, args);
        va_end(args);
}

_printf_(2, 3) static void row_depends(PlanRow *row, const char *format, ...) {
        va_list args;
        size_t n;

        if (!row)
                return;
        if (row->depends[0])
                (void) strncat(row->depends, "; ", sizeof(row->depends) - strlen(row->depends) - 1);
        n = strlen(row->depends);
        row->sure = false;
        va_start(args, format);
        (void) vsnprintf(row->depends + n, sizeof(row->depends) - n, format, args);
        va_end(args);
}

/* `told`: that a person must say yes stands there already. */
static void row_needs(PlanRow *row, Action action, RuleSet needs, bool told) {
        char text[NEED_FORMAT_MAX];
        Need need;

        for (int i = 0; i < _RULE_MAX; i++) {
                if (!row || !rule_set_has(needs, (Rule) i))
                        continue;
                module_need(row->module, action, (Rule) i, &need);
                if (need.person && told)
                        continue; /* one yes is for all rules that want it */
                told |= need.person;
                row_depends(row, "%s", need_format(text, &need, &row->module->gateway->zone));
        }
}

static void row_action(PlanRow *row, Action action) {
        if (row)
                row->action = action_to_string(action);
}

/* what is asked for */

static void plan_grant(Plan *plan, const Module *module, Action action, const Forecast *forecast) {
        PlanRow *row = row_add(plan, module, forecast->at, PLAN_GRANT);

        row_action(row, action);
        row_say(row, "%s is accepted", action_to_string(action));
        row_needs(row, action, forecast->needs, false);
        if (forecast->consented >= forecast->at)
                return;
        row = row_add(plan, module, forecast->consented, PLAN_GRANT);
        row_action(row, action);
        row_say(row, "%s is accepted sooner", action_to_string(action));
        row_depends(row, "a person's yes");
        row_needs(row, action, forecast->consented_needs, true);
}

/* Of the window that is waited for; after a sure grant nobody waits any more. */
static void plan_windows(Plan *plan, const Question *question, const Module *module,
                         const Forecast *forecast) {
        const ActionPolicy *rules = &question->policy->actions[question->action];
        const WindowSet set = question_windows(question);
        const usec_t end = forecast->needs == 0 ? forecast->at : USEC_INFINITY;
        usec_t at = question->now.realtime;

        if (rules->n_windows == 0 || !question->clock_trusted ||
            (question->consent.now && consent_is_valid(&question->consent, question)))
                return;
        for (unsigned n = 0; n < 2 * PLAN_WINDOWS_MAX; n++) {
                at = window_set_next_change(&set, at);
                if (at > end)
                        return;
                const bool opens = window_set_is_open(&set, at);
                PlanRow *row =
                        row_add(plan, module, at, opens ? PLAN_WINDOW_OPENS : PLAN_WINDOW_CLOSES);

                row_action(row, question->action);
                row_say(row, "the %s window %s", action_to_string(question->action),
                        opens ? "opens" : "closes");
        }
}

/* Does nobody have to say yes to it any more, at that moment? */
static bool is_agreed_at(const Question *question, usec_t realtime) {
        Question later;
        Verdict verdict;

        question_at(question, realtime, &later);
        policy_judge(&later, &verdict);
        return verdict.findings[RULE_DECISION].passes && verdict.findings[RULE_DEADLINE].passes;
}

static void plan_deadline(Plan *plan, const Module *module, const Question *questions, size_t n) {
        static const char *const consequences[_ON_DEADLINE_MAX] = {
                [DEADLINE_ACCEPT] = "it is accepted inside its windows",
                [DEADLINE_FORCE] = "it is accepted, windows or not",
                [DEADLINE_ASK] = "only a person can accept it",
        };
        const Question *question = &questions[0];
        const OnDeadline then = question->policy->actions[question->action].on_deadline;
        const usec_t at = policy_deadline(question);
        PlanRow *row;

        if (at == USEC_INFINITY)
                return;
        for (size_t i = 1; i < n && then != DEADLINE_ASK; i++)
                if (!is_agreed_at(&questions[i], at))
                        return; /* the yes to one of them is none to the module */
        row = row_add(plan, module, at, PLAN_DEADLINE);
        row_action(row, question->action);
        row_say(row, "the deadline of the %s is over: from then on %s",
                action_to_string(question->action), consequences[then]);
}

/* When the module asks again by itself, and when it stops waiting. */
static void plan_answers(Plan *plan, const Module *module, Action action) {
        const ModuleRecord *record = &module->record;
        const usec_t repeat = module->settings->family->repeat_interval;
        const char *name = action_to_string(action);
        usec_t at = USEC_INFINITY;
        PlanRow *row;

        if (record->answer.kind == ANSWER_REFUSED &&
            record->answer.until_realtime > module_now(module)->realtime)
                at = record->answer.until_realtime;
        else if (record->answer.kind == ANSWER_DEFERRED)
                at = realtime_at(module, record->answer.until_boottime);
        else if (repeat > 0 && record->answer.kind == ANSWER_NONE && !record->request.own)
                at = realtime_at(module, usec_add(record->request.asked_boottime, repeat));
        row = row_add(plan, module, at, PLAN_ASKED_AGAIN);
        row_action(row, action);
        row_say(row, "the module asks for the %s again", name);
        row = row_add(plan, module, realtime_at(module, module_answer_due(module)),
                      PLAN_ANSWER_DUE);
        row_action(row, action);
        row_say(row, "the module waits no longer: without a yes the answer is no, and fotad asks "
                     "for itself");
        row_depends(row, "nobody saying yes before");
}

static bool is_waiting(const Module *module) {
        return record_waits(&module->record) && !module_installs(module);
}

static void plan_request(Plan *plan, const Module *module) {
        const Action action = module->record.request.action;
        Question questions[FORECAST_QUESTIONS_MAX];
        Forecast forecast;

        if (!is_waiting(module))
                return;
        const size_t n = module_questions(module, action, questions);
        policy_forecast(questions, n, &forecast);
        for (size_t i = 0; i < n; i++)
                plan_windows(plan, &questions[i], module, &forecast);
        plan_deadline(plan, module, questions, n);
        plan_answers(plan, module, action);
        plan_grant(plan, module, action, &forecast);
}

/* What the server may offer, and what follows a download. */
static void plan_would(Plan *plan, const Module *module, Action action) {
        const bool follows =
                action == ACTION_INSTALL && module->record.job != 0 && !is_one_question(module);
        Forecast forecast;
        PlanRow *row;

        if (module_installs(module) ||
            (is_waiting(module) && module->record.request.action == action))
                return;
        module_forecast(module, action, &forecast);
        row = row_add(plan, module, forecast.at, PLAN_WOULD);
        row_action(row, action);
        row_say(row, "%s would be accepted from here on", action_to_string(action));
        row_depends(row, "%s", follows ? "a complete download" : "the server offering one");
        row_needs(row, action, forecast.needs, false);
}

/* what people said */

static void plan_people(Plan *plan, const Module *module) {
        const ModuleRecord *record = &module->record;
        const usec_t now = module_now(module)->realtime;
        PlanRow *row;

        if (record->consent.given && record->consent.until > now) {
                row = row_add(plan, module, record->consent.until, PLAN_CONSENT_ENDS);
                row_action(row, record->consent_action);
                row_say(row, "the yes of %s to the %s ends", record->consent.by,
                        action_to_string(record->consent_action));
        }
        for (Action action = 0; action < _ACTION_MAX; action++) {
                const Deferral *deferral = record_deferral(record, action);

                if (deferral->until <= now)
                        continue;
                row = row_add(plan, module, deferral->until, PLAN_DEFERRAL_ENDS);
                row_action(row, action);
                row_say(row, "the deferral of the %s by %s ends", action_to_string(action),
                        deferral->by);
        }
}

/* what goes on by itself */

/* No policy is asked for a package that fotad itself has; only these rules hold it back. */
static void plan_push(Plan *plan, const Module *module) {
        static const Rule rules[] = { RULE_MODULE, RULE_STORAGE, RULE_INHIBITOR };
        Verdict verdict;
        RuleSet needs = 0;
        PlanRow *row;

        if (!module->record.push_wanted || is_pushing(module))
                return;
        module_judge(module, ACTION_DOWNLOAD, &verdict);
        for (size_t i = 0; i < ELEMENTSOF(rules); i++)
                if (!verdict.findings[rules[i]].passes)
                        needs |= (RuleSet) 1 << rules[i];
        row = row_add(plan, module, module_now(module)->realtime, PLAN_PUSH);
        row_action(row, ACTION_DOWNLOAD);
        row_say(row, "the package is pushed over the port");
        row_needs(row, ACTION_DOWNLOAD, needs, false);
        if (needs == 0)
                row_depends(row, "the port to be free for the package");
}

/* What fotad itself opens; a person says yes to it with `fotactl connect`. */
static void plan_opening(Plan *plan, const Module *module) {
        Forecast forecast;
        PlanRow *row;

        if (module->session_open || !module_wants_session(module) || is_waiting(module) ||
            module_installs(module))
                return;
        module_forecast(module, ACTION_CONNECT, &forecast);
        row = row_add(plan, module, MAX_OF(forecast.at, realtime_at(module, module->connect_at)),
                      PLAN_SESSION);
        row_say(row, "a session is opened");
        row_depends(row, "the network");
        if (rule_set_has(forecast.needs, RULE_DECISION))
                row_depends(row, "'fotactl connect %s'", module->settings->name);
        row_needs(row, ACTION_CONNECT, forecast.needs, rule_set_has(forecast.needs, RULE_DECISION));
}

static void plan_session(Plan *plan, const Module *module) {
        char span[SPAN_TEXT_MAX];
        PlanRow *row;

        if (module->family->findings.poll_minutes > 0) {
                row = row_add(plan, module, 0, PLAN_SESSION);
                row_say(row, "the module itself asks its server every %s",
                        span_format(span, module->family->findings.poll_minutes * USEC_PER_MINUTE));
                row_depends(row, "the module's own timer");
        }
        row = row_add(plan, module, realtime_at(module, module_renew_deadline(module)),
                      PLAN_SESSION);
        row_say(row, "the session is renewed, then every %s",
                span_format(span, module->settings->session_renew));
        row_depends(row, "nothing else going on");
        row = row_add(plan, module, realtime_at(module, module_idle_deadline(module)),
                      PLAN_SESSION);
        row_say(row, "the session is closed");
        row_depends(row, "nobody needing it before");
        plan_opening(plan, module);
}

static void plan_upkeep(Plan *plan, const Module *module) {
        const ModuleRecord *record = &module->record;
        PlanRow *row = NULL;

        if (record->registration.wanted) {
                Verdict verdict;

                module_judge_registration(module, &verdict);
                const usec_t next = verdict.kind == VERDICT_ACCEPT ? module_now(module)->realtime :
                                                                     verdict.next_change;
                row = row_add(plan, module, next == USEC_INFINITY ? 0 : next, PLAN_REGISTRATION);
                row_say(row, "it is registered with its update server");
                row_depends(row, next != USEC_INFINITY ?
                                         "the module being idle and in its network" :
                                         "policy allowing it, or 'fotactl register'");
        }
        if (record->snapshot.restore_due && !module_installs(module)) {
                row = row_add(plan, module, realtime_at(module, module->settings_at),
                              PLAN_SETTINGS);
                row_say(row, "its settings of before the last update are restored");
                row_depends(row, "the module being idle");
        }
}

static void plan_job(Plan *plan, const Module *module) {
        PlanRow *row;

        if (module_installs(module)) {
                row = row_add(plan, module, realtime_at(module, module->state_deadline),
                              PLAN_TIMEOUT);
                row_say(row, "it is looked at, should it not be done with '%s' before",
                        state_to_string(module->record.state));
        }
        row = row_add(plan, module, realtime_at(module, module_job_deadline(module)),
                      PLAN_JOB_ENDS);
        row_say(row, "job %llu is given up", (unsigned long long) module->record.job);
        row_depends(row, "it not being over before");
}

/* all of them */

static int compare(uint64_t left, uint64_t right) {
        return left < right ? -1 : left > right;
}

static int by_time(const void *a, const void *b) {
        const PlanRow *left = a, *right = b;
        /* 0, no moment, comes last */
        int order = compare(left->at - 1, right->at - 1);

        if (order == 0)
                order = compare(left->module->index, right->module->index);
        if (order == 0)
                order = compare(left->kind, right->kind);
        return order != 0 ? order : strcmp(left->action, right->action);
}

static bool is_install(const PlanRow *row) {
        return row->kind == PLAN_GRANT && streq(row->action, "install");
}

static void row_after(PlanRow *row, const PlanRow *before, const char *event) {
        row_depends(row, "the install of %s to %s%s", module_name(before->module), event,
                    before->sure ? "" : ", should it begin first");
}

/* One of the same family, however long ago: its failure would stop this one. */
static const PlanRow *soak_first(const Plan *plan, const PlanRow *row) {
        const PlanRow *last = NULL;

        for (const PlanRow *other = plan->rows; other < row; other++)
                if (is_install(other) && other->module != row->module &&
                    other->module->settings->family == row->module->settings->family)
                        last = other;
        return last;
}

/* Installs that would begin within the time of earlier ones wait for the end of one of them, when
 * no more may be down: how long that takes, nobody knows. */
static const PlanRow *slot_before(const Gateway *gateway, const Plan *plan, const PlanRow *row) {
        const unsigned limit = gateway->settings->gateway.concurrent_installs;
        const unsigned keep_online = gateway->settings->gateway.keep_online;
        const PlanRow *before = NULL;
        unsigned n = 0, n_usable = 0;
        uint64_t counted = 0; /* a module may have two rows */
        usec_t from;

        for (const PlanRow *other = plan->rows; other < row; other++) {
                const uint64_t bit = UINT64_C(1) << other->module->index;

                if (!is_install(other) || other->module == row->module ||
                    usec_add(other->at, PLAN_INSTALL_SPAN) <= row->at)
                        continue;
                before = other;
                n += (counted & bit) == 0;
                n_usable += (counted & bit) == 0 && module_is_usable(other->module);
                counted |= bit;
        }
        if (limit > 0 && n >= limit)
                return before;
        const unsigned usable = gateway_usable(gateway, row->module, keep_online, &from);
        return keep_online > 0 && n_usable > 0 && usable < keep_online + n_usable ? before : NULL;
}

static void serialise(const Gateway *gateway, Plan *plan) {
        const usec_t soak = gateway->settings->gateway.soak;
        char span[SPAN_TEXT_MAX], event[SPAN_TEXT_MAX + 32];

        (void) snprintf(event, sizeof(event), "prove itself for %s", span_format(span, soak));
        for (size_t i = 0; i < plan->n; i++) {
                PlanRow *row = &plan->rows[i];

                if (!is_install(row))
                        continue;
                const PlanRow *first = soak > 0 ? soak_first(plan, row) : NULL;
                const PlanRow *before = slot_before(gateway, plan, row);
                if (first)
                        row_after(row, first, event);
                if (before && before != first)
                        row_after(row, before, "end");
        }
}

void gateway_outlook(const Gateway *gateway, Plan *ret) {
        ret->n = 0;
        for (size_t i = 0; i < gateway->n_modules; i++) {
                const Module *module = gateway->modules[i];

                plan_request(ret, module);
                if (!is_one_question(module) && !is_waiting(module) && !module->record.job)
                        plan_would(ret, module, ACTION_DOWNLOAD);
                plan_would(ret, module, ACTION_INSTALL);
                plan_people(ret, module);
                plan_session(ret, module);
                plan_upkeep(ret, module);
                plan_push(ret, module);
                plan_job(ret, module);
        }
        qsort(ret->rows, ret->n, sizeof(ret->rows[0]), by_time);
        serialise(gateway, ret);
}

void gateway_verdicts(const Gateway *gateway, usec_t realtime, Plan *ret) {
        ret->n = 0;
        for (size_t i = 0; i < gateway->n_modules && ret->n < PLAN_ROWS_MAX; i++) {
                const Module *module = gateway->modules[i];
                const Action action =
                        is_waiting(module) ? module->record.request.action : ACTION_INSTALL;
                PlanRow *row = &ret->rows[ret->n++];
                Verdict verdict;

                module_judge_at(module, action, realtime, &verdict);
                *row = (PlanRow) { .at = MAX_OF(realtime, gateway->now.realtime),
                                   .module = module,
                                   .kind = PLAN_VERDICT };
                row_action(row, action);
                row->sure = verdict.kind == VERDICT_ACCEPT;
                row_say(row, "%s would %sbe accepted", action_to_string(action),
                        row->sure ? "" : "not ");
                if (!row->sure)
                        row_depends(row, "%s: %s", rule_to_string(verdict.because),
                                    verdict.findings[verdict.because].text);
                else if (!is_waiting(module)) {
                        row_depends(row, "somebody asking for it");
                        row->sure = true; /* of the answer */
                }
        }
}
