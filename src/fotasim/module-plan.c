/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the scenario does at its own time: the server offers packages, the module prints lines, and
 * what else the family knows. Which plans were carried out is stored with the module, so that a
 * power cut does not offer a package twice; the times of the others count from the last power on.
 */

#include "fotasim/module.h"

bool module_plan_due(SimModule *module, usec_t at, uint32_t *done, size_t i) {
        usec_t due = usec_sub(usec_add(module->powered_at, at), module->plan_ahead);

        if (*done & 1U << i)
                return false;
        if (due > module->now) {
                module->timers[TIMER_PLAN] = MIN_OF(module->timers[TIMER_PLAN], due);
                return false;
        }
        *done |= 1U << i;
        return true;
}

static void offer(SimModule *module, const SimPlannedPackage *plan) {
        QueuedPackage package = { .bytes = plan->bytes,
                                  .result = plan->result,
                                  .automatic = plan->automatic };

        (void) TEXT_COPY(package.to, plan->to);
        module->family->queue(module, &package);
}

void module_plan(SimModule *module) {
        const SimScenario *scenario = module->scenario;

        module_clear_timer(module, TIMER_PLAN);
        for (size_t i = 0; i < scenario->n_packages; i++)
                if (module_plan_due(module, scenario->packages[i].at,
                                    &module->memory.packages_planned, i))
                        offer(module, scenario->packages + i);
        module->family->plan(module);
        for (size_t i = 0; i < scenario->n_lines; i++)
                if (module_plan_due(module, scenario->lines[i].at, &module->memory.lines_planned,
                                    i))
                        module_urc(module, scenario->lines[i].text);
}

/* Nothing while it has no power, starts or flashes: its plan begins when it is up. */
void module_plan_hurry(SimModule *module) {
        usec_t next = module->timers[TIMER_PLAN];

        if (next == USEC_INFINITY)
                return module_note(module, "nothing is planned");
        module->plan_ahead += usec_sub(next, module->now);
        module_plan(module);
}
