/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whose is an IMEI? Two modules of a gateway may show the same one: a copy, or a device that lies.
 * The one whose configuration names it has it, else who showed it first, also before a restart of
 * fotad; a module that was moved takes it along once its old port is deserted. So no two modules
 * have one DevEUI, and FCntUp does not repeat when a DevEUI goes from one module to another. */

#include "core/turn.h"

/* A module that restarts, or a port that is opened late, is not away. */
#define AWAY_MIN (5 * USEC_PER_MINUTE)
/* Tries to learn who it is, one after the other. */
#define SILENT_MIN 5
/* An IMEI that is shown again and again has its owner asked no more often. */
#define DOUBT_MIN (9 * USEC_PER_MINUTE)

static usec_t boottime(const Module *m) {
        return module_now(m)->boottime;
}

void module_set_dev_eui(Module *module) {
        settings_dev_eui(module->settings,
                         module->record.imei_seen_in[0] ? "" : module->record.imei,
                         module->dev_eui);
}

/* The configuration says that this IMEI, or the DevEUI that `m` would have by it, is another's. */
static bool is_pinned(const Module *other, const Module *m, const char *imei) {
        char dev_eui[DEV_EUI_MAX];

        settings_dev_eui(m->settings, imei, dev_eui);
        return streq(other->settings->imei, imei) ||
               (dev_eui[0] && streq(other->settings->dev_eui, dev_eui));
}

static bool is_silent(const Module *m) {
        return m->start_failures >= SILENT_MIN && !module_installs(m);
}

/* Another one answers on its port. */
static bool is_replaced(const Module *m) {
        return m->record.state == STATE_BLOCKED && is_other_module(m);
}

static bool is_away(const Module *m) {
        const usec_t since = MAX_OF(m->record.state_boottime, m->gateway->start_boottime);

        return m->record.state == STATE_ABSENT && boottime(m) >= usec_add(since, AWAY_MIN);
}

static bool has_imei(const Module *m, const char *imei) {
        return !m->record.imei_seen_in[0] && streq(m->record.imei, imei);
}

/* ... and its configuration names no other. */
static bool claims_imei(const Module *m, const char *imei) {
        return has_imei(m, imei) && (!m->settings->imei[0] || streq(m->settings->imei, imei));
}

static bool holds_imei(const Module *m, const char *imei) {
        return claims_imei(m, imei) && !is_away(m) && !is_replaced(m) && !is_silent(m);
}

Module *module_namesake(const Module *module) {
        const Gateway *gateway = module->gateway;
        const char *imei = module->family->findings.imei;
        Module *namesake = NULL;

        if (!imei[0] || streq(module->settings->imei, imei))
                return NULL;
        for (size_t i = 0; i < gateway->n_modules; i++) {
                Module *other = gateway->modules[i];

                if (other == module)
                        continue;
                if (is_pinned(other, module, imei))
                        return other;
                if (holds_imei(other, imei))
                        namesake = other;
        }
        return namesake;
}

/* Is it still the one that it was? Nothing else asks a calm one, or one that waits, soon. */
void module_doubt(Module *module) {
        const State state = module->record.state;
        const bool calm =
                state == STATE_IDLE || state == STATE_CONNECTED || state_is_pending(state);

        if (!module->port_open || boottime(module) < module->doubt_at || !calm)
                return;
        module->doubt_at = usec_add(boottime(module), DOUBT_MIN);
        module->start_at = boottime(module);
}

static void lose_imei(Module *m, Module *to) {
        to->record.fcnt_up = MAX_OF(to->record.fcnt_up, m->record.fcnt_up);
        module_mark(to);
        (void) TEXT_COPY(m->record.imei_seen_in, to->settings->name);
        module_set_dev_eui(m);
        module_mark(m);
}

void module_take_imei(Module *module) {
        Gateway *gateway = module->gateway;
        bool taken = false;

        for (size_t i = 0; i < gateway->n_modules; i++) {
                Module *other = gateway->modules[i];

                if (other == module || !has_imei(other, module->record.imei))
                        continue;
                lose_imei(other, module);
                taken = true;
        }
        module->record.imei_seen_in[0] = '\0';
        if (taken)
                gateway_level_fcnt_up(gateway);
}

/* of all modules */

/* The one that went on reporting. */
static bool is_live(const Module *m, const Module *than) {
        if (m->record.fcnt_up != than->record.fcnt_up)
                return m->record.fcnt_up > than->record.fcnt_up;
        return m->index < than->index;
}

/* What the configuration gives to one module, the record of another does not. Databases of before
 * version 8 may have an IMEI twice. */
static bool must_yield(const Module *m, const Module *to) {
        const char *imei = m->record.imei;

        if (streq(m->settings->imei, imei) || !imei[0])
                return false;
        return is_pinned(to, m, imei) ||
               (claims_imei(to, imei) && (!claims_imei(m, imei) || is_live(to, m)));
}

/* An IMEI that left its port may turn up on any that has none now: there its counter goes on. */
void gateway_level_fcnt_up(Gateway *gateway) {
        uint32_t highest = 0;

        for (size_t i = 0; i < gateway->n_modules; i++)
                highest = MAX_OF(highest, gateway->modules[i]->record.fcnt_up);
        for (size_t i = 0; i < gateway->n_modules; i++) {
                Module *module = gateway->modules[i];

                if (module->record.imei[0] && !module->record.imei_seen_in[0])
                        continue;
                if (module->record.fcnt_up == highest)
                        continue;
                module->record.fcnt_up = highest;
                module_mark(module);
        }
}

void gateway_settle_imeis(Gateway *gateway) {
        for (size_t i = 0; i < gateway->n_modules; i++)
                for (size_t k = 0; k < gateway->n_modules; k++) {
                        Module *module = gateway->modules[i];

                        if (i != k && !module->record.imei_seen_in[0] &&
                            must_yield(module, gateway->modules[k]))
                                lose_imei(module, gateway->modules[k]);
                }
        gateway_level_fcnt_up(gateway);
}
