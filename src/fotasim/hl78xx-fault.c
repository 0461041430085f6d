/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which fault of the scenario strikes now. Hits are counted in the module's memory, so that a fault
 * that was meant to happen once does not happen again after a power cut. */

#include "fotasim/hl78xx.h"

#include <strings.h>

/* Equal but for how the event's data is dressed up: `18, 5` and `18,"5%"` are 18,5. */
static bool event_equal(const char *a, const char *b) {
        static const char dress[] = " \"%";

        for (;; a++, b++) {
                a += strspn(a, dress);
                b += strspn(b, dress);
                if (*a != *b)
                        return false;
                if (*a == '\0')
                        return true;
        }
}

static bool on_event(const SimFault *fault, const char *text) {
        char number[16];

        (void) TEXT_COPY(number, text);
        number[strcspn(number, ",")] = '\0';
        return event_equal(fault->on, text) || event_equal(fault->on, number);
}

static bool on_command(const SimFault *fault, const char *command) {
        return (fault->on[0] == 'A' || fault->on[0] == 'a') &&
               strncasecmp(fault->on, command, strlen(fault->on)) == 0;
}

static const SimFault *fault_find(SimModule *module, const char *text,
                                  bool (*matches)(const SimFault *fault, const char *text)) {
        const SimFault *found = NULL;

        for (size_t i = 0; i < module->scenario->n_faults; i++) {
                const SimFault *fault = module->scenario->faults + i;
                uint32_t hit;

                if (!matches(fault, text))
                        continue;
                hit = ++module->memory.fault_hits[i];
                if (!found && hit >= fault->nth &&
                    (fault->times == 0 || hit < fault->nth + fault->times))
                        found = fault;
        }
        if (found)
                hl78xx_note(module, "fault at %s", text);
        return found;
}

const SimFault *hl78xx_fault_on_event(SimModule *module, const char *text) {
        return fault_find(module, text, on_event);
}

const SimFault *hl78xx_fault_on_command(SimModule *module, const char *command) {
        return fault_find(module, command, on_command);
}

void hl78xx_fault_aftermath(SimModule *module, const SimFault *fault) {
        if (fault->kind == SIM_FAULT_SILENCE)
                hl78xx_set_timer(module, TIMER_SILENCE, fault->span);
        else if (fault->kind == SIM_FAULT_SESSION_LOSS)
                hl78xx_session_lose(module);
        else if (fault->kind == SIM_FAULT_NETWORK_LOSS)
                hl78xx_network_lose(module, fault->span);
        else if (fault->kind == SIM_FAULT_NAT_LOSS)
                module->session.unreachable = true;
        else if (fault->kind == SIM_FAULT_RESET)
                hl78xx_reset_soon(module);
}
