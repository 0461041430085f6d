/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The remote registration of a Telit module (Premium FOTA note, 2.2.1, 3.2.1 and chapter 6), and
 * the SIM that it depends on. The module remembers the IMSI that it registered with: with another
 * one it registers by itself, with the same one it believes to be registered, even if the server
 * has seen that SIM in another module meanwhile. */

#include "fotasim/telit.h"

void telit_register(SimModule *module, bool by_tcp) {
        TelitMemory *memory = &module->memory.telit;
        bool known = streq(memory->registered_imsi, module->memory.imsi);

        memory->serviced = true;
        if (by_tcp)
                module->telit.contexts_up = 0;
        if (known && !module->scenario->telit.registers_again)
                return module_note(module, "is registered, sends nothing");
        memory->unacknowledged = !by_tcp;
        memory->registrations_sent++;
        module->telit.by_tcp = by_tcp;
        module_note(module, "registration sent by %s", by_tcp ? "TCP" : "SMS");
        module_set_timer(module, TIMER_REGISTER, module->scenario->timings.registration);
}

/* At power on what was not acknowledged, and whenever another SIM than the registered one is there.
 * By SMS, also where the host used TCP. */
void telit_register_due(SimModule *module) {
        const TelitMemory *memory = &module->memory.telit;
        bool moved = memory->serviced && *memory->registered_imsi &&
                     !streq(memory->registered_imsi, module->memory.imsi);
        bool again = memory->unacknowledged && !module->telit.started;

        module->telit.started = true;
        if (moved || again)
                telit_register(module, false);
}

void telit_register_acknowledged(SimModule *module) {
        TelitMemory *memory = &module->memory.telit;
        const SimTelit *telit = &module->scenario->telit;

        if (!module_attached(module) || memory->registrations_sent <= telit->lost_registrations)
                return module_note(module, "registration is not acknowledged");
        memory->unacknowledged = memory->sim_strayed = false;
        memory->registrations++;
        (void) TEXT_COPY(memory->registered_imsi, module->memory.imsi);
        if (telit->protocol == SIM_PROTOCOL_SMS && telit->provisions && !memory->provisioned)
                module_set_timer(module, TIMER_PROVISION, module->scenario->timings.session_step);
        module_set_timer(module, TIMER_SERVER, module->scenario->timings.session_step);
        telit_event(module, "Registered");
}

void telit_provisioned(SimModule *module) {
        module->memory.telit.provisioned = true;
        telit_event(module, "Provisioned");
}

/* the SIM */

static void sim_leave(SimModule *module) {
        module->memory.telit.sim_out = true;
        module->sim_ready = false;
        telit_connection_lose(module);
        if (module->scenario->telit.qss)
                module_urc(module, "#QSS: 0");
}

static void sim_come(SimModule *module, const SimPlannedCard *card) {
        const SimScenario *scenario = module->scenario;
        Memory *memory = &module->memory;

        memory->telit.sim_out = false;
        memory->telit.sim_strayed = card->elsewhere;
        (void) TEXT_COPY(memory->iccid, *card->iccid ? card->iccid : scenario->iccid);
        (void) TEXT_COPY(memory->imsi, *card->imsi ? card->imsi : scenario->imsi);
        module->sim_ready = *memory->sim_pin == '\0';
        if (scenario->telit.qss)
                module_urc(module, "#QSS: 1");
        telit_attached(module);
}

static void card_play(SimModule *module, const SimPlannedCard *card) {
        module_note(module, "SIM is %s", card->out ? "taken out" : "put in");
        if (card->out)
                sim_leave(module);
        else
                sim_come(module, card);
}

/* A query (2.4), or the way out of chapter 6. An administrator reaches a SIM wherever it is. */
static void order(SimModule *module, SimAction action) {
        if (!module_attached(module))
                return module_note(module, "the server's SMS does not arrive");
        if (action == SIM_ACTION_QUERY)
                telit_event(module, "Notified");
        else if (action == SIM_ACTION_REGISTER) {
                *module->memory.telit.registered_imsi = '\0';
                telit_register(module, false);
        }
}

void telit_plan(SimModule *module) {
        const SimScenario *scenario = module->scenario;

        for (size_t i = 0; i < scenario->n_cards; i++)
                if (module_plan_due(module, scenario->cards[i].at,
                                    &module->memory.telit.sims_planned, i))
                        card_play(module, scenario->cards + i);
        for (size_t i = 0; i < scenario->n_requests; i++)
                if (module_plan_due(module, scenario->requests[i].at,
                                    &module->memory.requests_planned, i))
                        order(module, scenario->requests[i].action);
}
