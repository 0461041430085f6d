/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which fault of the scenario strikes now. Hits are counted in the module's memory, so that a fault
 * that was meant to happen once does not happen again after a power cut. */

#include "fotasim/module.h"

#include <strings.h>

static bool on_event(const SimModule *module, const SimFault *fault, const char *text) {
        return module->family->event_equal(fault->on, text);
}

static bool on_command(const SimModule *module _unused_, const SimFault *fault,
                       const char *command) {
        return (fault->on[0] == 'A' || fault->on[0] == 'a') &&
               strncasecmp(fault->on, command, strlen(fault->on)) == 0;
}

static const SimFault *fault_find(SimModule *module, const char *text,
                                  bool (*matches)(const SimModule *module, const SimFault *fault,
                                                  const char *text)) {
        const SimFault *found = NULL;

        for (size_t i = 0; i < module->scenario->n_faults; i++) {
                const SimFault *fault = module->scenario->faults + i;
                uint32_t hit;

                if (!matches(module, fault, text))
                        continue;
                hit = ++module->memory.fault_hits[i];
                if (!found && hit >= fault->nth &&
                    (fault->times == 0 || hit < fault->nth + fault->times))
                        found = fault;
        }
        if (found)
                module_note(module, "fault at %s", text);
        return found;
}

const SimFault *module_fault_on_event(SimModule *module, const char *text) {
        return fault_find(module, text, on_event);
}

const SimFault *module_fault_on_command(SimModule *module, const char *command) {
        return fault_find(module, command, on_command);
}

void module_fault_aftermath(SimModule *module, const SimFault *fault) {
        if (fault->kind == SIM_FAULT_SILENCE)
                module_set_timer(module, TIMER_SILENCE, fault->span);
        else if (fault->kind == SIM_FAULT_SESSION_LOSS)
                module->family->session_lose(module);
        else if (fault->kind == SIM_FAULT_NETWORK_LOSS)
                module->family->network_lose(module, fault->span);
        else if (fault->kind == SIM_FAULT_NAT_LOSS)
                module->family->nat_lose(module);
        else if (fault->kind == SIM_FAULT_RESET)
                module_reset_soon(module);
}
