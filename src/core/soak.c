/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the last installs say about the next one: modules of one family prove an update one after
 * the other. All of it is in the records of the modules, so a restart changes nothing, and a module
 * that is taken out of the configuration is remembered too. Which came first, a failure or a yes,
 * is told by rows of the journal: clocks may be set. */

#include "core/turn.h"

void module_note_install(Module *module, const EventRow *row) {
        LastInstall *install = &module->record.install;
        int reason = REASON_NONE;

        for (size_t i = 0; i < row->n_details; i++)
                if (streq(row->details[i].key, "reason"))
                        reason = reason_from_string(row->details[i].text);
        *install = (LastInstall) {
                .row = row->sequence,
                .reason = row->event == EVENT_INSTALL_SUCCEEDED ? REASON_NONE :
                          reason > 0                            ? (Reason) reason :
                                                                  REASON_UPDATE_FAILED,
                .finished = module_now(module)->realtime,
                .finished_boottime = MAX_OF(module_now(module)->boottime, (usec_t) 1),
        };
        (void) TEXT_COPY(install->family, module->settings->family->name);
        module_mark(module);
}

/* modules that are not configured any more */

void gateway_note_gone(Gateway *gateway, const char *name, const LastInstall *install) {
        GoneModule *place = NULL;

        if (install->row == 0)
                return;
        for (size_t i = 0; i < gateway->n_gone && !place; i++)
                if (streq(gateway->gone[i].name, name))
                        place = &gateway->gone[i];
        if (!place && gateway->n_gone < MODULES_MAX)
                place = &gateway->gone[gateway->n_gone++];
        for (size_t i = 0; i < gateway->n_gone && !place; i++) /* of the oldest */
                if (gateway->gone[i].install.row < install->row)
                        place = &gateway->gone[i];
        if (!place)
                return;
        place->install = *install;
        (void) TEXT_COPY(place->name, name);
}

int gateway_recall_gone(void *userdata, const ModuleRecord *record) {
        Gateway *gateway = userdata;
        LastInstall install = record->install;

        if (!streq(record->boot_id, gateway->boot_id))
                install.finished_boottime = 0;
        if (!gateway_find(gateway, record->name))
                gateway_note_gone(gateway, record->name, &install);
        return 0;
}

/* Over a boot of the gateway the wall clock has to tell; the boot itself came after the install. */
usec_t gateway_install_age(const Gateway *gateway, const LastInstall *install) {
        const Clock *now = &gateway->now;

        if (install->finished_boottime > 0)
                return usec_sub(now->boottime, install->finished_boottime);
        return MAX_OF(now->boottime, gateway_clock_trusted(gateway) ?
                                             usec_sub(now->realtime, install->finished) :
                                             0);
}

/* Once it has succeeded itself, what failed before stops it no more. */
static uint64_t own_success(const Module *module) {
        const LastInstall *install = &module->record.install;

        return install->reason == REASON_NONE ? install->row : 0;
}

/* Realtime. A clock that will be trusted by itself knows more from then on than the boot does. */
static usec_t soaks_until(const Gateway *gateway, const LastInstall *install, usec_t span) {
        const usec_t now = gateway->now.boottime, age = gateway_install_age(gateway, install);
        const usec_t over = age < span ? usec_add(now, span - age) : usec_sub(now, age - span);
        const usec_t until = gateway_realtime_of(gateway, over);

        if (install->finished_boottime > 0 || gateway_clock_trusted(gateway))
                return until;
        return MIN_OF(until, MAX_OF(gateway_clock_trusted_from(gateway),
                                    usec_add(install->finished, span)));
}

static void look_at_install(const Module *module, const char *name, const LastInstall *install,
                            Soak *soak) {
        usec_t until;

        if (install->row == 0 || !streq(install->family, module->settings->family->name))
                return;
        if (install->reason != REASON_NONE) {
                if (install->row <= own_success(module) || install->row <= soak->failed_row)
                        return;
                (void) TEXT_COPY(soak->failed, name);
                soak->reason = install->reason;
                soak->failed_at = install->finished;
                soak->failed_row = install->row;
                return;
        }
        until = soaks_until(module->gateway, install, soak->span);
        if (until <= module_now(module)->realtime || until <= soak->until)
                return;
        (void) TEXT_COPY(soak->succeeded, name);
        soak->until = until;
}

void module_soak(const Module *module, Soak *ret) {
        const Gateway *gateway = module->gateway;

        *ret = (Soak) { .span = gateway->settings->gateway.soak };
        if (ret->span == 0)
                return;
        for (size_t i = 0; i < gateway->n_modules; i++) {
                const Module *other = gateway->modules[i];

                if (other == module)
                        continue;
                if (module_installs(other) && other->settings->family == module->settings->family)
                        (void) TEXT_COPY(ret->installs, other->settings->name);
                look_at_install(module, other->settings->name, &other->record.install, ret);
        }
        for (size_t i = 0; i < gateway->n_gone; i++)
                if (!gateway_find(gateway, gateway->gone[i].name))
                        look_at_install(module, gateway->gone[i].name, &gateway->gone[i].install,
                                        ret);
}
