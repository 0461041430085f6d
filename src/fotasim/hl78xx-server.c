/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the scenario does at its own time: the server offers packages and orders reboots, the module
 * prints lines. Which plans were carried out is stored with the module, so that a power cut does
 * not offer a package twice; the times of the others count from the last power on. */

#include "fotasim/hl78xx.h"

/* True once, when the plan's time has come; else its time is a candidate for the timer. */
static bool plan_due(SimModule *module, usec_t at, uint32_t *done, size_t i) {
        usec_t due = usec_add(module->powered_at, at);

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
        QueuedPackage package = { .bytes = plan->bytes, .result = plan->result };

        (void) TEXT_COPY(package.to, plan->to);
        hl78xx_package_queue(module, &package);
}

/* An uninstalled application leaves no trace on the line. The reboot waits for its OK to get out.
 */
void hl78xx_order_granted(SimModule *module, Agreement agreement) {
        if (agreement == AGREEMENT_REBOOT)
                hl78xx_set_timer(module, TIMER_RESTART, module->scenario->timings.install_start);
}

/* An order is asked for when the module was told to ask, and else carried out. */
static void order(SimModule *module, SimAction action) {
        Agreement agreement = action == SIM_ACTION_REBOOT ? AGREEMENT_REBOOT : AGREEMENT_UNINSTALL;

        if (module->memory.consent[agreement])
                hl78xx_ask(module, agreement);
        else
                hl78xx_order_granted(module, agreement);
}

void hl78xx_server_plan(SimModule *module) {
        const SimScenario *scenario = module->scenario;

        hl78xx_clear_timer(module, TIMER_PLAN);
        for (size_t i = 0; i < scenario->n_packages; i++)
                if (plan_due(module, scenario->packages[i].at, &module->memory.packages_planned, i))
                        offer(module, scenario->packages + i);
        for (size_t i = 0; i < scenario->n_requests; i++)
                if (plan_due(module, scenario->requests[i].at, &module->memory.requests_planned, i))
                        order(module, scenario->requests[i].action);
        for (size_t i = 0; i < scenario->n_lines; i++)
                if (plan_due(module, scenario->lines[i].at, &module->memory.lines_planned, i))
                        hl78xx_urc(module, scenario->lines[i].text);
}
