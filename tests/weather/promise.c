/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* "It may be so at that time" is a promise to whoever plans by it: while nothing new is learnt, a
 * verdict must not change before. The moments at which it could are found by the watch's own
 * reading of the windows, so that a promise that is too late is found out. */

#include "core/module.h"
#include "weather/run.h"

#define QUARTER (15 * USEC_PER_MINUTE)
#define LOOK_AHEAD USEC_PER_DAY

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

void promise_look(Watch *watch, size_t module) {
        Promise *promise = watch->promises + module;
        const World *world = watch->world;
        ModuleView view;
        Verdict verdict;

        if (promise->looked == watch->inputs &&
            (!promise->made || run_now(watch->run) < promise->look_at))
                return;
        promise->looked = watch->inputs;
        watch->run->woken = true;
        const ModuleRecord *record = waiting_record(watch, module, &view);
        if (!record) {
                promise->made = false;
                return;
        }
        const Action action = record->request.action;
        module_judge(gateway_module(world->gateway, module), action, &verdict);
        if (promise->made && promise->action == action && promise->inputs == watch->inputs) {
                const bool same =
                        (promise->kind == VERDICT_ACCEPT) == (verdict.kind == VERDICT_ACCEPT);
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
                .look_at = next_look(watch, module, action),
        };
}
