/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* "It may be so at that time" is a promise to whoever plans by it: while nothing new is learnt, a
 * verdict must not change before. The moments at which it could are found by the watch's own
 * reading of the windows, so that a promise that is too late is found out. And the moment that
 * `explain` and `plan` tell comes no sooner than that, whoever lets go meanwhile. */

#include "core/module.h"
#include "weather/run.h"

#define QUARTER (15 * USEC_PER_MINUTE)
#define LOOK_AHEAD USEC_PER_DAY
/* So often it is looked at what nobody asks for: that is slow, and a year is long. */
#define FORETELL_INTERVAL (6 * USEC_PER_HOUR)
#define FORETELL_INTERVAL_YEARS (2 * USEC_PER_DAY)
/* In a year, so often it is looked at what is asked for; in a week, after each input. */
#define LOOK_INTERVAL USEC_PER_MINUTE

static bool is_year(const Watch *watch) {
        return watch->run->plan->seed >= PLAN_YEARS;
}

/* What waits for a decision: only then is there a verdict that means something. */
static const ModuleRecord *waiting_record(const Watch *watch, size_t module, ModuleView *view) {
        *view = world_view(watch->world, module);
        return view->record->request.open && view->reconciled &&
                               view->record->answer.kind != ANSWER_ACCEPTED ?
                       view->record :
                       NULL;
}

/* The next moment at which a window opens or closes, or a deadline is over. */
static usec_t next_look(Watch *watch, size_t module, Action action) {
        const ActionPolicy *policy = watch->world->settings.modules[module].policy.actions + action;
        const WatchModule *m = watch->modules + module;
        const usec_t now = watch->world->now.realtime;
        usec_t due = USEC_INFINITY;

        if (policy->deadline && m->first[action] &&
            m->first[action] + policy->deadline > run_now(watch->run))
                due = m->first[action] + policy->deadline;
        if (policy->n_windows == 0)
                return due;
        const bool open = rules_are_open(watch, policy, now, policy->fits);
        for (usec_t at = (now / QUARTER + 1) * QUARTER; at < now + LOOK_AHEAD; at += QUARTER)
                if (rules_are_open(watch, policy, at, policy->fits) != open)
                        return MIN_OF(due, run_now(watch->run) + (at - now));
        return due;
}

static void foretell_action(Watch *watch, size_t module, Action action) {
        const Gateway *gateway = watch->world->gateway;
        Foretold *foretold = &watch->foretold[module][action];
        Forecast forecast;

        foretold->looked_at = run_now(watch->run);
        gateway_forecast(gateway, gateway_module(gateway, module), action, &forecast);
        if (forecast.at <= foretold->at)
                return;
        foretold->at = forecast.at;
        foretold->told_at = run_now(watch->run);
        foretold->job = watch->modules[module].job;
        foretold->needs = forecast.needs;
}

/* At every look what is asked for, and now and then what is not; not of a yes that is on its way.
 */
static void foretell(Watch *watch, size_t module) {
        const ModuleView view = world_view(watch->world, module);
        const Request *request = &view.record->request;
        const usec_t interval = is_year(watch) ? FORETELL_INTERVAL_YEARS : FORETELL_INTERVAL;

        for (Action action = 0; action < _ACTION_MAX; action++) {
                const bool asked = request->open && request->action == action;
                const usec_t looked_at = watch->foretold[module][action].looked_at;

                if (asked ? record_waits(view.record) : run_now(watch->run) >= looked_at + interval)
                        foretell_action(watch, module, action);
        }
}

usec_t promise_consented(const Watch *watch, size_t module, Action action) {
        const Gateway *gateway = watch->world->gateway;
        Forecast forecast;

        gateway_forecast(gateway, gateway_module(gateway, module), action, &forecast);
        return forecast.consented;
}

void promise_accepted(Watch *watch, size_t module, Action action, usec_t at) {
        watch->foretold[module][action] = (Foretold) {
                .at = at,
                .told_at = run_now(watch->run),
                .looked_at = watch->foretold[module][action].looked_at,
                .job = watch->modules[module].job,
        };
}

void promise_check(Watch *watch, size_t module, Action action) {
        const usec_t now = watch->world->now.realtime;
        const WatchModule *m = watch->modules + module;
        const Foretold *foretold = &watch->foretold[module][action];

        if (action == ACTION_CONNECT && m->result_due && foretold->job != m->newest_job)
                return; /* its update, which the session reports, was not there yet */
        (void) watch_check(
                watch, LAW_PROMISE, foretold->at <= now,
                "modem%zu: yes to %s, and %lld ms ago none was foretold for another %lld "
                "ms (needs 0x%x)",
                module, action_to_string(action),
                (long long) ((run_now(watch->run) - foretold->told_at) / USEC_PER_MSEC),
                (long long) ((foretold->at - now) / USEC_PER_MSEC), foretold->needs);
}

void promise_forget(Watch *watch, size_t module) {
        for (Action action = 0; action < _ACTION_MAX; action++)
                watch->foretold[module][action].at = 0;
}

void promise_forget_all(Watch *watch) {
        for (size_t i = 0; i < PLAN_MODULES_MAX; i++)
                promise_forget(watch, i);
}

void promise_look(Watch *watch, size_t module) {
        Promise *promise = watch->promises + module;
        const World *world = watch->world;
        const usec_t now = run_now(watch->run);
        ModuleView view;
        Verdict verdict;

        if ((!promise->made || now < promise->look_at) &&
            (promise->looked == watch->inputs ||
             (is_year(watch) && now < promise->looked_at + LOOK_INTERVAL)))
                return;
        promise->looked = watch->inputs;
        promise->looked_at = now;
        watch->run->woken = true;
        foretell(watch, module);
        const ModuleRecord *record = waiting_record(watch, module, &view);
        if (!record) {
                promise->made = false;
                return;
        }
        const Action action = record->request.action;
        module_judge(gateway_module(world->gateway, module), action, &verdict);
        if (promise->made && promise->action == action && promise->inputs == watch->inputs) {
                const bool same =
                        (promise->kind == VERDICT_ACCEPT) == (verdict.kind == VERDICT_ACCEPT) ||
                        verdict.because == RULE_MODULE || /* it stopped answering */
                        promise->because == RULE_MODULE;  /* it answers again */
                (void) watch_check(
                        watch, LAW_PROMISE, same || world->now.realtime >= promise->until,
                        "modem%zu: %s because of %s until %lld s from now, and now it "
                        "is %s because of %s",
                        module, verdict_kind_to_string(promise->kind),
                        rule_to_string(promise->because),
                        (long long) ((promise->until - world->now.realtime) / USEC_PER_SEC),
                        verdict_kind_to_string(verdict.kind), rule_to_string(verdict.because));
        }
        *promise = (Promise) {
                .made = true,
                .action = action,
                .kind = verdict.kind,
                .because = verdict.because,
                .until = verdict.next_change,
                .inputs = watch->inputs,
                .looked = watch->inputs,
                .looked_at = promise->looked_at,
                .look_at = next_look(watch, module, action),
        };
}
