/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who holds actions back, as the owners know it: each happening is one, told apart by its name. */

#include <stdio.h>

#include "weather/chance.h"
#include "weather/run.h"

/* fotad(8), INHIBITORS: so long an owner may come again after a restart of fotad. */
#define GRACE (5 * USEC_PER_MINUTE)
#define SLACK (10 * USEC_PER_SEC)

static size_t index_of(const Run *run, const Happening *happening) {
        return (size_t) (happening - run->plan->happenings);
}

static void make_row(const Run *run, const Happening *happening, InhibitorRow *ret) {
        uint64_t chance = happening->seed;

        *ret = (InhibitorRow) {
                .source = chance_percent(&chance, 70) ? INHIBITOR_DESCRIPTOR : INHIBITOR_SERVER,
                .actions = 1 + chance_below(&chance, (1U << _ACTION_MAX) - 1),
                .uid = (uint32_t) index_of(run, happening),
                .why = "a test",
        };
        if (chance_percent(&chance, 60))
                ret->actions |= 1U << ACTION_INSTALL;
        if (ret->source == INHIBITOR_SERVER || chance_percent(&chance, 30))
                ret->span = happening->span * (1 + chance_below(&chance, 2));
        if (chance_percent(&chance, 60))
                (void) snprintf(ret->module, sizeof(ret->module), "modem%u", happening->module);
        (void) snprintf(ret->who, sizeof(ret->who), "h%zu", index_of(run, happening));
        (void) snprintf(ret->by, sizeof(ret->by), "AS %s", ret->who);
}

void owner_inhibits(Run *run, const Happening *happening) {
        World *world = run->world;
        Hold *hold = run->watch.holds + index_of(run, happening);
        InhibitorRow row;
        char why[WHY_MAX];

        make_row(run, happening, &row);
        if (!world->gateway)
                return;
        run->watch.inputs++;
        if (world_inhibit(world, &row, why) < 0)
                return;
        *hold = (Hold) {
                .taken = true,
                .certain = !world->crashed && gateway_storage_ok(world->gateway),
                .server = row.source == INHIBITOR_SERVER,
                .module = row.module[0] ? (int) happening->module : -1,
                .actions = row.actions,
                .since = world->now.realtime,
                .until = row.span ? run_now(run) + row.span : USEC_INFINITY,
                .gone = USEC_INFINITY,
                .boots = run->watch.boots,
                .jumps = run->watch.jumps,
        };
        if (!world->crashed)
                watch_turned(&run->watch);
}

void owner_lets_go(Run *run, const Happening *happening) {
        World *world = run->world;
        Hold *hold = run->watch.holds + index_of(run, happening);
        InhibitorRow row;

        make_row(run, happening, &row);
        if (!hold->taken || (hold->server && !world->gateway))
                return;
        hold->certain = false;
        if (!hold->server) {
                run->watch.inputs++;
                hold->gone = MIN_OF(hold->gone, run_now(run));
                (void) world_release(world, row.who);
        } else {
                run_turn_begin(run);
                (void) gateway_uninhibit_server(world->gateway, row.module, row.by, "it said so");
                run_turn_end(run);
                if (!world->crashed && gateway_storage_ok(world->gateway))
                        hold->gone = run_now(run);
        }
}

/* what fotad's start does to owners */

void holds_started(Watch *watch, bool booted) {
        for (size_t i = 0; i < PLAN_HAPPENINGS_MAX; i++) {
                Hold *hold = watch->holds + i;
                const bool lost = booted || !watch->world->keeps_descriptors;

                if (!hold->taken || hold->server || !lost)
                        continue;
                hold->gone = MIN_OF(hold->gone, watch->started);
                hold->certain = false;
        }
}

/* Over a boot only the wall clock knows how much of a span has passed. */
static bool is_span_known(const Watch *watch, const Hold *hold) {
        return hold->boots == watch->boots ||
               (hold->jumps == watch->jumps && watch->run->clock_off == 0);
}

bool hold_stops(const Case *c) {
        const Watch *watch = c->watch;

        for (size_t i = 0; i < watch->run->plan->n_happenings; i++) {
                const Hold *hold = watch->holds + i;

                if (hold->certain && (hold->actions & (1U << c->action)) &&
                    (hold->module < 0 || hold->module == (int) c->module) &&
                    hold->since < c->decided && run_now(watch->run) < hold->until &&
                    is_span_known(watch, hold))
                        return true;
        }
        return false;
}

/* the law */

static usec_t over_by(const Watch *watch, const Hold *hold) {
        usec_t end = USEC_INFINITY;

        if (hold->gone != USEC_INFINITY)
                end = hold->gone > watch->started ? hold->gone : watch->started + GRACE;
        return is_span_known(watch, hold) ? MIN_OF(end, hold->until) : end;
}

void holds_look(Watch *watch) {
        const Gateway *gateway = watch->world->gateway;

        for (size_t i = 0; gateway && i < gateway_n_inhibitors(gateway); i++) {
                const InhibitorRow *row = gateway_inhibitor(gateway, i);
                const Hold *hold = watch->holds + strtoul(row->who + 1, NULL, 10);

                (void) watch_check(watch, LAW_LEASE,
                                   !hold->taken || run_now(watch->run) <=
                                                           usec_add(over_by(watch, hold), SLACK),
                                   "inhibitor %s has outlived its %s", row->who,
                                   hold->gone != USEC_INFINITY ? "owner" : "time");
        }
}
