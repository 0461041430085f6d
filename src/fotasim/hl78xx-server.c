/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the server orders at the scenario's own time. */

#include "fotasim/hl78xx.h"

/* An uninstalled application leaves no trace on the line. The reboot waits for its OK to get out.
 */
void hl78xx_order_granted(SimModule *module, Agreement agreement) {
        if (agreement == AGREEMENT_REBOOT)
                module_set_timer(module, TIMER_RESTART, module->scenario->timings.install_start);
}

/* An order is asked for when the module was told to ask, and else carried out. */
static void order(SimModule *module, SimAction action) {
        Agreement agreement = action == SIM_ACTION_REBOOT ? AGREEMENT_REBOOT : AGREEMENT_UNINSTALL;

        if (module->memory.hl78xx.consent[agreement])
                hl78xx_ask(module, agreement);
        else
                hl78xx_order_granted(module, agreement);
}

void hl78xx_server_plan(SimModule *module) {
        const SimScenario *scenario = module->scenario;

        for (size_t i = 0; i < scenario->n_requests; i++)
                if (module_plan_due(module, scenario->requests[i].at,
                                    &module->memory.requests_planned, i))
                        order(module, scenario->requests[i].action);
}
