/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What people do to modules. What they said is told to the watch, which remembers it by itself. */

#include <stdio.h>

#include "weather/chance.h"
#include "weather/run.h"

#define WHO "test (uid 0)"

static void order(Run *run, const Happening *happening, OrderKind kind) {
        const Order what = { .kind = kind, .action = ACTION_INSTALL, .who = WHO };

        (void) run_order(run, happening->module, &what);
}

/* What it asks for now; else anything. */
static Action asked_action(const Run *run, unsigned module, uint64_t *chance) {
        if (run->world->gateway) {
                const ModuleView view = world_view(run->world, module);
                if (view.record->request.open)
                        return view.record->request.action;
        }
        return (Action) chance_below(chance, _ACTION_MAX);
}

void person_accepts(Run *run, const Happening *happening) {
        uint64_t chance = happening->seed;
        const Order what = {
                .kind = ORDER_ACCEPT,
                .now = chance_percent(&chance, 30),
                .action = asked_action(run, happening->module, &chance),
                .who = WHO,
        };

        (void) run_order(run, happening->module, &what);
}

void person_defers(Run *run, const Happening *happening) {
        uint64_t chance = happening->seed;
        const Order what = {
                .kind = ORDER_DEFER,
                .span = chance_span(&chance, USEC_PER_MINUTE, 2 * USEC_PER_DAY),
                .action = asked_action(run, happening->module, &chance),
                .who = WHO,
        };

        (void) run_order(run, happening->module, &what);
}

void person_attends(Run *run, const Happening *happening) {
        run->modules[happening->module].attended++;
}

void person_leaves(Run *run, const Happening *happening) {
        run->modules[happening->module].attended--;
}

void person_updates(Run *run, const Happening *happening) {
        order(run, happening, ORDER_UPDATE);
}

/* A file of the right version mostly, or the way through the catalogue. */
void person_pushes(Run *run, const Happening *happening) {
        uint64_t chance = happening->seed;
        const unsigned from = chance_below(&chance, PLAN_VERSIONS_HL78XX);
        const unsigned to = chance_below(&chance, PLAN_VERSIONS_HL78XX);
        const Order what = {
                .kind = ORDER_UPDATE,
                .from = chance_percent(&chance, 50) ? UPDATE_FROM_FILE : UPDATE_FROM_CATALOGUE,
                .who = WHO,
        };
        SimFacts facts;

        if (!run->world->gateway || run->plan->modules[happening->module].telit)
                return;
        sim_facts(run->world->modules[happening->module].sim, &facts);
        if (what.from == UPDATE_FROM_FILE && !run->world->modules[happening->module].has_package)
                world_give_package(run->world, happening->module,
                                   chance_percent(&chance, 80) ? facts.firmware :
                                                                 plan_versions[from],
                                   plan_versions[to], 500 + chance_below(&chance, 20000));
        (void) run_order(run, happening->module, &what);
}

void person_orders(Run *run, const Happening *happening) {
        static const OrderKind kinds[] = {
                ORDER_CONNECT, ORDER_DISCONNECT, ORDER_CANCEL,   ORDER_CANCEL,
                ORDER_SUSPEND, ORDER_RESUME,     ORDER_REGISTER,
        };

        order(run, happening, kinds[happening->seed % ELEMENTSOF(kinds)]);
}

static void ignore_reply(void *userdata _unused_, bool ok _unused_,
                         const char *const *lines _unused_, size_t n_lines _unused_) {
}

void person_commands(Run *run, const Happening *happening) {
        static const char *const commands[] = {
                "AT+CSQ", "AT+CGMR", "ATI", "AT&F", "AT+COPS?", "AT+CFUN=1,1",
        };
        const char *command = commands[happening->seed % ELEMENTSOF(commands)];
        char why[WHY_MAX];

        if (!run->world->gateway)
                return;
        run_turn_begin(run);
        const OrderResult result = gateway_command(
                run->world->gateway, gateway_module(run->world->gateway, happening->module),
                command, ignore_reply, NULL, why);
        run_say(run, "a person: %s on modem%u%s", command, happening->module,
                result == ORDER_DONE ? "" : ", refused");
        run_turn_end(run);
}

static void ignore_settings(void *userdata _unused_, bool ok _unused_, const char *why _unused_,
                            const SettingRow *rows _unused_, size_t n_rows _unused_) {
}

void person_uses_settings(Run *run, const Happening *happening) {
        const SettingsOrder what = (SettingsOrder) (happening->seed % _SETTINGS_ORDER_MAX);
        char why[WHY_MAX];

        if (!run->world->gateway)
                return;
        run_turn_begin(run);
        (void) gateway_settings_order(run->world->gateway,
                                      gateway_module(run->world->gateway, happening->module), what,
                                      WHO, ignore_settings, NULL, why);
        run_turn_end(run);
}

/* The fotad that runs knows how it was configured before. */
void person_reloads(Run *run, const Happening *happening _unused_) {
        World *world = run->world;
        const GatewaySettings before = world->settings.gateway;

        run->config = (run->config + 1) % PLAN_CONFIGS;
        promise_forget_all(&run->watch);
        Settings *settings = run->reloaded + run->config;
        *settings = world->settings;
        plan_configure(run->plan, run->config, settings);
        if (!world->gateway) {
                world->settings = *settings;
                return;
        }
        run_turn_begin(run);
        if (gateway_reload(world->gateway, settings) < 0)
                abort();
        world->settings = *settings;
        if (settings->gateway.trusted_time != before.trusted_time)
                run_ask_timedate(run);
        if (!streq(settings->gateway.uplink_module, before.uplink_module) ||
            !streq(settings->gateway.other_interface, before.other_interface))
                run->watch.path_proven = 0;
        for (size_t i = 0; i < run->plan->n_modules; i++)
                run->watch.modules[i].awaited = false; /* all are looked at anew */
        run_turn_end(run);
        server_stop(&run->server);
        server_start(&run->server);
}
