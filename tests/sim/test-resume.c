/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* HL78xx FOTA note, chapter 11 and table 3: a download is stopped in every way there is, with the
 * download agreement on and off, for a package that goes on where it was and one that starts over.
 * Whatever happens, the job goes on and ends well, with one install, and fotad shows what remains
 * meanwhile. */

#include <stdio.h>

#include "sim/world.h"
#include "test.h"

#define FROM "BHL7800.1.6.3.0.20180803"
#define TO "THL7800.1.6.3.0.99.20180803"

typedef enum Stop {
        STOP_PERSON, /* suspend, and resume an hour later */
        STOP_SESSION_LOST,
        STOP_NETWORK_SHORT,
        STOP_NETWORK_LONG,
        STOP_RESET,
        STOP_CFUN,
        STOP_POWER_CUT,
        STOP_FOTAD, /* killed, and the session is closed behind its back */
        STOP_FOTAD_AND_POWER,
        _STOP_MAX,
} Stop;

static const char *const stops[] = {
        [STOP_PERSON] = "a person",
        [STOP_SESSION_LOST] = "the session is lost",
        [STOP_NETWORK_SHORT] = "no network for a minute",
        [STOP_NETWORK_LONG] = "no network for an hour",
        [STOP_RESET] = "reset",
        [STOP_CFUN] = "AT+CFUN=0",
        [STOP_POWER_CUT] = "power cut",
        [STOP_FOTAD] = "fotad killed, session closed meanwhile",
        [STOP_FOTAD_AND_POWER] = "power cut of the gateway",
};

static void scenario_init(SimScenario *scenario, Stop stop, uint64_t bytes) {
        sim_scenario_init(scenario);
        (void) TEXT_COPY(scenario->firmware, FROM);
        scenario->n_packages = 1;
        scenario->packages[0] =
                (SimPlannedPackage) { .bytes = bytes, .to = TO, .result = SIM_RESULT_OK };
        scenario->timings.download = 10 * USEC_PER_MINUTE;
        if (stop == STOP_SESSION_LOST || stop == STOP_NETWORK_SHORT || stop == STOP_NETWORK_LONG ||
            stop == STOP_RESET)
                scenario->faults[scenario->n_faults++] = (SimFault) {
                        .on = "18,21",
                        .nth = 1,
                        .times = 1,
                        .kind = stop == STOP_SESSION_LOST ? SIM_FAULT_SESSION_LOSS :
                                stop == STOP_RESET        ? SIM_FAULT_RESET :
                                                            SIM_FAULT_NETWORK_LOSS,
                        .span = stop == STOP_NETWORK_SHORT ? USEC_PER_MINUTE : USEC_PER_HOUR,
                };
}

static bool is_idle(World *world) {
        return world->gateway && world_state(world, 0) == STATE_IDLE &&
               world_view(world, 0).reconciled;
}

static bool is_over(World *world) {
        return world->gateway && world_view(world, 0).last_job.id != 0;
}

static bool is_part(World *world) {
        return world->gateway && world_view(world, 0).record->progress_percent >= 21;
}

static bool is_suspended(World *world) {
        return world->gateway && world_state(world, 0) == STATE_SUSPENDED;
}

static void order(World *world, OrderKind kind) {
        const Order what = { .kind = kind, .who = "test (uid 0)" };
        char why[WHY_MAX];

        gateway_turn(world->gateway, &world->now);
        CHECK_INT(
                gateway_order(world->gateway, gateway_module(world->gateway, 0), &what, NULL, why),
                ORDER_DONE);
        gateway_settle(world->gateway);
}

/* As another program on another port of the module. */
static void say_elsewhere(World *world, const char *command) {
        sim_feed(world->modules[0].sim, world_module_time(world), command, strlen(command));
        world_settle(world);
}

static void cut_power(World *world) {
        sim_power(world->modules[0].sim, world_module_time(world), false);
        (void) world_run(world, 5 * USEC_PER_SEC, NULL);
        sim_power(world->modules[0].sim, world_module_time(world), true);
}

static void stop_download(World *world, Stop stop) {
        switch (stop) {
        case STOP_PERSON:
                order(world, ORDER_SUSPEND);
                CHECK(world_run(world, USEC_PER_MINUTE, is_suspended));
                CHECK(world_view(world, 0).record->remaining_bytes > 0);
                CHECK(!world_run(world, USEC_PER_HOUR, is_over));
                CHECK_INT(world_state(world, 0), STATE_SUSPENDED);
                order(world, ORDER_RESUME);
                break;
        case STOP_CFUN:
                say_elsewhere(world, "AT+CFUN=0\r");
                (void) world_run(world, 2 * USEC_PER_MINUTE, NULL);
                say_elsewhere(world, "AT+CFUN=1\r");
                break;
        case STOP_POWER_CUT:
                cut_power(world);
                break;
        case STOP_FOTAD:
                world_kill(world);
                say_elsewhere(world, "AT+WDSS=1,0\r");
                world_start(world);
                break;
        case STOP_FOTAD_AND_POWER:
                world_kill(world);
                cut_power(world);
                world_start(world);
                break;
        case STOP_SESSION_LOST:
        case STOP_NETWORK_SHORT:
        case STOP_NETWORK_LONG:
        case STOP_RESET:
        case _STOP_MAX:
                break; /* the scenario's fault */
        }
}

static void stop_and_go_on(Stop stop, bool agreement, uint64_t bytes) {
        SimScenario scenario;
        SimFacts facts;

        scenario_init(&scenario, stop, bytes);
        _cleanup_(world_freep) World *world = world_new(1);
        ActionPolicy *actions = world->settings.modules[0].policy.actions;
        actions[ACTION_DOWNLOAD].decision = actions[ACTION_INSTALL].decision = DECISION_ACCEPT;
        world_attach(world, 0, &scenario, 1);
        world_start(world);
        CHECK(world_run(world, 5 * USEC_PER_MINUTE, is_idle));
        order(world, ORDER_UPDATE);
        CHECK(world_run(world, USEC_PER_HOUR, is_part));
        if (!agreement)
                say_elsewhere(world, "AT+WDSC=1,0\r");
        stop_download(world, stop);
        const bool ended = world_run(world, 2 * USEC_PER_DAY, is_over);
        sim_facts(world->modules[0].sim, &facts);
        const ModuleView view = world_view(world, 0);
        if (!ended || view.last_job.outcome != OUTCOME_SUCCEEDED || getenv("VERBOSE")) {
                printf("  %s, agreement %s, %llu bytes\n", stops[stop], agreement ? "on" : "off",
                       (unsigned long long) bytes);
                world_print(world, 0);
        }
        CHECK(ended);
        CHECK_STR(outcome_to_string(view.last_job.outcome), "succeeded");
        CHECK_INT(view.last_job.id, 1);
        CHECK_STR(view.record->firmware, TO);
        CHECK_INT(facts.installs, 1);
        CHECK_INT(facts.grants_seen, 1);
        CHECK_INT(facts.bytes_while_flashing, 0);
        CHECK_INT(view.last_job.package_bytes, bytes);
}

static void every_stop(bool agreement, uint64_t bytes) {
        for (Stop stop = 0; stop < _STOP_MAX; stop++)
                stop_and_go_on(stop, agreement, bytes);
}

TEST(with_the_agreement_it_is_asked_again_for_what_remains) {
        every_stop(true, 400000);
}

TEST(without_the_agreement_it_goes_on_by_itself) {
        every_stop(false, 400000);
}

TEST(a_small_package_starts_over) {
        every_stop(true, 1464);
}

TEST(a_small_package_starts_over_without_the_agreement) {
        every_stop(false, 1464);
}

TEST_MAIN()
