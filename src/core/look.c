/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a module is asked now and then because it does not tell: whether it is there, whether it is
 * on the network, how its radio is. The question is always the same one, changes nothing, and needs
 * nobody's leave. */

#include "core/turn.h"

/* A module that does not answer is asked so often. */
#define RESYNC_INTERVAL (30 * USEC_PER_SEC)
#define REGISTRATION_INTERVAL USEC_PER_MINUTE
/* So often one is asked whose update waits for the network. */
#define NETWORK_LOOK (5 * USEC_PER_MINUTE)

bool module_waits_for_others(const Module *module) {
        return module->judged && module->verdict.kind == VERDICT_HOLD &&
               module->verdict.because == RULE_KEEP_ONLINE && module->record.request.open;
}

/* A question that changes nothing, at most once in `interval`; `at` is when the next one is due. */
static void ask_signal(Module *module, usec_t *at, usec_t interval) {
        const usec_t now = module_now(module)->boottime;

        if (*at > now)
                return;
        *at = usec_add(now, interval);
        module_say(module, VERB_SIGNAL, &(VerbArgs) { 0 });
}

/* Another one waits until it is online. */
static bool is_awaited(const Module *module) {
        const Gateway *gateway = module->gateway;
        bool awaited = false;

        for (size_t i = 0; i < gateway->n_modules; i++) {
                const Module *other = gateway->modules[i];

                awaited |= other != module && other->port_open &&
                           (module_waits_for_others(other) || other->register_waits);
        }
        return awaited;
}

/* It is to tell whether it is online, although it may not be able to. */
void module_note_awaited(Module *module) {
        if (!is_awaited(module) || module_is_heard(module))
                module->online_asked = 0;
        else if (module->online_asked == 0)
                module->online_asked = MAX_OF(module_now(module)->boottime, (usec_t) 1);
}

/* An order leaves at the instant of its verdict or not at all, so the line is made sure of first,
 * by a question that changes nothing. */
void module_resync(Module *module) {
        if (!module_request_is_due(module) && !module->disconnect_wanted &&
            !module->record.push_wanted && !module_settings_awaited(module) &&
            module->online_asked == 0 && (!module_wants_session(module) || module->session_open))
                return;
        ask_signal(module, &module->resync_at, RESYNC_INTERVAL);
        module->decide_at = module->resync_at;
}

/* No module tells that it lost the network, or is on it again. */
void module_look_at_registration(Module *module) {
        const usec_t now = module_now(module)->boottime;

        if (module->online_asked == 0)
                return;
        module->decide_at = MIN_OF(module->decide_at, usec_add(now, REGISTRATION_INTERVAL));
        ask_signal(module, &module->signal_at, REGISTRATION_INTERVAL);
}

/* A request waits for nothing but the radio, or for the network that its update needs, of which no
 * module tells by itself. */
void module_look_at_radio(Module *module) {
        const bool waits = module->judged && module->record.request.open &&
                           module->verdict.kind == VERDICT_HOLD;
        const bool away = waits && module->verdict.because == RULE_PREREQUISITE &&
                          module->family->findings.missing[0] &&
                          module->family->findings.registered == TRISTATE_NO;
        usec_t due;

        if (!away && (!waits || module->verdict.because != RULE_REQUIRE))
                return;
        due = usec_add(module->radio_asked, away ? NETWORK_LOOK : module_radio_interval(module));
        if (due <= module_now(module)->boottime) {
                ask_signal(module, &module->radio_asked, 0);
                due = usec_add(module->radio_asked, away ? NETWORK_LOOK : RADIO_INTERVAL);
        }
        module->decide_at = MIN_OF(module->decide_at, due);
}
