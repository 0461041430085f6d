/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How many modules are down, or may be. Slots are counted by evidence: a grant that was intended, a
 * module's own word that it installs, and a module that is away while it does. A module that came
 * back counts as usable only after a while: it registers, and may fall off again. */

#include "core/turn.h"

/* So long a module that installs may go on without our knowing (HL78xx FOTA note, 9.4). */
#define BARRIER_MAX (15 * USEC_PER_MINUTE)
#define USABLE_AFTER USEC_PER_MINUTE
/* A module may lose the network any time, and says nothing: what was read counts for so long. */
#define HEARD_MAX USEC_PER_MINUTE
#define UNHEARD_AFTER (30 * USEC_PER_SEC)
/* A reboot that was granted begins within so long. */
#define REBOOT_MAX (3 * USEC_PER_MINUTE)

/* In whole seconds, so that it is the same in every turn, though both clocks are never read at
 * once. Who waits for a moment compares this with the wall clock, and goes when it was said. */
usec_t gateway_realtime_of(const Gateway *gateway, usec_t boottime) {
        const Clock *now = &gateway->now;
        const usec_t at = boottime >= now->boottime ?
                                  usec_add(now->realtime, boottime - now->boottime) :
                                  usec_sub(now->realtime, now->boottime - boottime);

        return usec_add(at, USEC_PER_SEC - 1) / USEC_PER_SEC * USEC_PER_SEC;
}

/* It was told that it may, and nothing was heard of it since. What a fotad that is gone has granted
 * may be still to come: the port was opened anew since. */
static bool is_rebooting(const Module *module) {
        const usec_t granted = module->reboot_granted;

        return module_now(module)->boottime < usec_add(granted, REBOOT_MAX) && granted > 0 &&
               (module->port_since <= granted || granted < module->gateway->start_boottime);
}

/* After a start of fotad. */
void module_recall_reboot(Module *module) {
        const Act *act = &module->record.act;

        if (verb_is_grant(act->verb) && act->action == ACTION_REBOOT && act->state != ACT_NONE &&
            !module_act_is_old(module))
                module->reboot_granted = act->boottime;
}

usec_t module_reboot_deadline(const Module *module) {
        return is_rebooting(module) ? usec_add(module->reboot_granted, REBOOT_MAX) : USEC_INFINITY;
}

unsigned gateway_down(const Gateway *gateway, const Module *except, const Module **ret_first) {
        unsigned n = 0;

        *ret_first = NULL;

        for (size_t i = 0; i < gateway->n_modules; i++) {
                const Module *module = gateway->modules[i];

                if (module == except || (!module_installs(module) && !is_rebooting(module) &&
                                         !module_registers(module)))
                        continue;
                if (n++ == 0)
                        *ret_first = module;
        }
        return n;
}

bool module_is_up(const Module *module) {
        return module->port_open && module->reconciled && !state_infos[module->record.state].down &&
               !module->record.unattended && !is_rebooting(module) && !module_registers(module) &&
               module->family->findings.registered == TRISTATE_YES;
}

/* It was asked whether it is on the network, and does not answer. */
static bool is_unheard(const Module *module) {
        return module->online_asked > 0 &&
               module_now(module)->boottime >= usec_add(module->online_asked, UNHEARD_AFTER);
}

bool module_is_heard(const Module *module) {
        return module->n_readings > 0 && module_is_up(module) &&
               module_now(module)->boottime <
                       usec_add(module->readings[module->n_readings - 1].boottime, HEARD_MAX);
}

bool module_is_usable(const Module *module) {
        return module->up_since > 0 && module_is_up(module) && !is_unheard(module) &&
               gateway_realtime_of(module->gateway, module->up_since + USABLE_AFTER) <=
                       module_now(module)->realtime;
}

void module_tick_up(Module *module) {
        if (!module_is_up(module))
                module->up_since = 0;
        else if (module->up_since == 0)
                module->up_since = MAX_OF(module_now(module)->boottime, (usec_t) 1);
}

/* Keeps `moments` sorted. */
static void moment_insert(usec_t *moments, size_t n, usec_t moment) {
        for (; n > 0 && moments[n - 1] > moment; n--)
                moments[n] = moments[n - 1];
        moments[n] = moment;
}

unsigned gateway_usable(const Gateway *gateway, const Module *except, unsigned wanted,
                        usec_t *ret_from) {
        usec_t moments[MODULES_MAX];
        size_t n_moments = 0;
        unsigned n = 0;

        for (size_t i = 0; i < gateway->n_modules; i++) {
                const Module *module = gateway->modules[i];

                if (module == except)
                        continue;
                if (module_is_usable(module))
                        n++;
                else if (module->up_since > 0 && module_is_up(module))
                        moment_insert(moments, n_moments++, module->up_since + USABLE_AFTER);
        }
        *ret_from = n < wanted && wanted - n <= n_moments ?
                            gateway_realtime_of(gateway, moments[wanted - n - 1]) :
                            0;
        return n;
}

unsigned gateway_heard(const Gateway *gateway, const Module *except) {
        unsigned n = 0;

        for (size_t i = 0; i < gateway->n_modules; i++)
                n += gateway->modules[i] != except && module_is_usable(gateway->modules[i]) &&
                     module_is_heard(gateway->modules[i]);
        return n;
}

/* Until what boot time this module may still be flashing without our knowing; 0: it surely is not.
 * The wall clock counts over a boot of the gateway, but not if it was set back. */
static usec_t unknown_until(const Module *module) {
        const Gateway *gateway = module->gateway;
        const Act *act = &module->record.act;

        if (module->reconciled || act->state == ACT_NONE || !verb_is_grant(act->verb) ||
            act->action != ACTION_INSTALL)
                return 0;
        if (!module_act_is_old(module))
                return usec_add(act->boottime, BARRIER_MAX);
        return MIN_OF(usec_add(gateway->start_boottime, BARRIER_MAX),
                      gateway->now.boottime +
                              usec_sub(act->realtime + BARRIER_MAX, gateway->now.realtime));
}

bool gateway_barrier_open(const Gateway *gateway, usec_t *ret_until) {
        usec_t until = 0;

        for (size_t i = 0; i < gateway->n_modules; i++)
                until = MAX_OF(until, unknown_until(gateway->modules[i]));
        *ret_until = gateway_realtime_of(gateway, until);
        return until == 0 || *ret_until <= gateway->now.realtime;
}
