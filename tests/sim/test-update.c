/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whole updates in simulated time: real gateway, policy, family, store and module model, and fotad
 * killed at every step that it takes. What must hold whatever happens: one AT+WDSR=4 for one
 * request, nothing said to a module that flashes, the right end, proved by the version. */

#include "sim/world.h"
#include "test.h"

#define FROM "BHL7800.1.6.3.0.20180803"
#define TO "THL7800.1.6.3.0.99.20180803"

static void scenario_init(SimScenario *scenario) {
        sim_scenario_init(scenario);
        (void) TEXT_COPY(scenario->firmware, FROM);
        scenario->n_packages = 1;
        scenario->packages[0] =
                (SimPlannedPackage) { .bytes = 1464, .to = TO, .result = SIM_RESULT_OK };
}

static void allow_all(World *world, size_t module) {
        world->settings.modules[module].policy.actions[ACTION_DOWNLOAD].decision = DECISION_ACCEPT;
        world->settings.modules[module].policy.actions[ACTION_INSTALL].decision = DECISION_ACCEPT;
}

static void order(World *world, OrderKind kind, Action action) {
        const Order what = { .kind = kind, .action = action, .who = "test (uid 0)" };
        char why[WHY_MAX];

        gateway_turn(world->gateway, &world->now);
        CHECK_INT(
                gateway_order(world->gateway, gateway_module(world->gateway, 0), &what, NULL, why),
                ORDER_DONE);
}

static bool is_idle(World *world) {
        return world->gateway && world_state(world, 0) == STATE_IDLE &&
               world_view(world, 0).reconciled;
}

static bool is_over(World *world) {
        return world->gateway && world_view(world, 0).last_job.id != 0;
}

static bool asks_install(World *world) {
        return world->gateway && world_state(world, 0) == STATE_INSTALL_PENDING &&
               world_view(world, 0).held;
}

static void check_success(World *world) {
        SimFacts facts;
        const ModuleView view = world_view(world, 0);

        sim_facts(world->modules[0].sim, &facts);
        CHECK_STR(outcome_to_string(view.last_job.outcome), "succeeded");
        CHECK_STR(view.last_job.to, TO);
        CHECK_STR(facts.firmware, TO);
        CHECK_STR(view.record->firmware, TO);
        CHECK_INT(facts.grants_seen, 1);
        CHECK_INT(facts.bytes_while_flashing, 0);
        CHECK_INT(facts.installs, 1);
}

TEST(update_by_policy_alone) {
        _cleanup_(world_freep) World *world = world_new(1);
        SimScenario scenario;

        scenario_init(&scenario);
        allow_all(world, 0);
        world_attach(world, 0, &scenario, 1);
        world_start(world);
        CHECK(world_run(world, 2 * USEC_PER_MINUTE, is_idle));
        order(world, ORDER_UPDATE, ACTION_CONNECT);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, is_over));
        if (getenv("VERBOSE"))
                world_print(world, 0);
        check_success(world);
        CHECK(world_run(world, USEC_PER_HOUR, is_idle));
        CHECK_INT(world_count_wire(world, 0, "AT+WDSR=3"), 1);
        CHECK_INT(world_count_events(world, EVENT_INSTALL_SUCCEEDED), 1);
        CHECK_INT(world_count_events(world, EVENT_UNSANCTIONED_CHANGE), 0);
}

/* fotad starts seconds after the kernel: what the module says first is journalled all the same. */
TEST(a_gateway_that_just_booted_tells_everything) {
        _cleanup_(world_freep) World *world = world_new(1);
        SimScenario scenario;

        scenario_init(&scenario);
        allow_all(world, 0);
        world->now.boottime = 5 * USEC_PER_SEC;
        world_attach(world, 0, &scenario, 1);
        world_start(world);
        CHECK(world_run(world, 2 * USEC_PER_MINUTE, is_idle));
        CHECK_INT(world_count_events(world, EVENT_MODULE_APPEARED), 1);
        CHECK_INT(world_count_events(world, EVENT_MODULE_IDENTIFIED), 1);
        order(world, ORDER_UPDATE, ACTION_CONNECT);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, is_over));
        CHECK_INT(world_count_events(world, EVENT_PACKAGE_OFFERED), 1);
        CHECK_INT(world_count_events(world, EVENT_PACKAGE_VERIFIED), 1);
}

TEST(update_waits_for_a_person) {
        _cleanup_(world_freep) World *world = world_new(1);
        SimScenario scenario;

        scenario_init(&scenario);
        world->settings.modules[0].policy.actions[ACTION_DOWNLOAD].decision = DECISION_ACCEPT;
        world_attach(world, 0, &scenario, 1);
        world_start(world);
        CHECK(world_run(world, 2 * USEC_PER_MINUTE, is_idle));
        order(world, ORDER_UPDATE, ACTION_CONNECT);
        CHECK(world_run(world, USEC_PER_HOUR, asks_install));
        CHECK(!world_run(world, 5 * USEC_PER_HOUR, is_over));
        CHECK_INT(world_count_wire(world, 0, "AT+WDSR=4"), 0);
        CHECK(asks_install(world));
        order(world, ORDER_ACCEPT, ACTION_INSTALL);
        CHECK(world_run(world, USEC_PER_HOUR, is_over));
        check_success(world);
}

/* A turn in which nothing came in tells nobody of a change: the bus would wake the loop again, for
 * ever. */
TEST(a_held_request_lets_the_loop_rest) {
        _cleanup_(world_freep) World *world = world_new(1);
        SimScenario scenario;

        scenario_init(&scenario);
        world->settings.modules[0].session_mode = SESSION_ALWAYS;
        world->settings.modules[0].policy.actions[ACTION_DOWNLOAD].decision = DECISION_ACCEPT;
        world_attach(world, 0, &scenario, 1);
        world_start(world);
        CHECK(world_run(world, USEC_PER_HOUR, asks_install));
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        const uint64_t before = world->n_changes;
        for (unsigned i = 0; i < 10; i++)
                gateway_settle(world->gateway);
        CHECK_INT(world->n_changes, before);
        CHECK(gateway_deadline(world->gateway) > world->now.boottime + USEC_PER_MINUTE);
}

static bool both_over(World *world) {
        return world_view(world, 0).last_job.id != 0 && world_view(world, 1).last_job.id != 0;
}

/* Two modules that may go at any time, one at a time: never both down at once. */
TEST(one_install_at_a_time) {
        _cleanup_(world_freep) World *world = world_new(2);
        SimScenario scenario, other;
        bool both_down = false;

        scenario_init(&scenario);
        scenario_init(&other);
        (void) TEXT_COPY(other.imei, "354123456789025");
        for (size_t i = 0; i < 2; i++) {
                allow_all(world, i);
                world->settings.modules[i].session_mode = SESSION_ALWAYS;
                world_attach(world, i, i ? &other : &scenario, i + 1);
        }
        world->settings.gateway.keep_online = 1;
        world_start(world);
        for (unsigned i = 0; i < 3600 && !both_over(world); i++) {
                (void) world_run(world, 2 * USEC_PER_SEC, both_over);
                both_down |= world_state(world, 0) == STATE_INSTALLING &&
                             world_state(world, 1) == STATE_INSTALLING;
        }
        CHECK(both_over(world));
        CHECK(!both_down);
        CHECK_INT(world_count_events(world, EVENT_INSTALL_SUCCEEDED), 2);
}

/* One run with a crash at step `n`; false when the update ended before step n was reached. */
static bool run_with_crash(uint64_t n, SimAnswer early_answer, bool *ret_good) {
        _cleanup_(world_freep) World *world = world_new(1);
        SimScenario scenario;
        SimFacts facts;

        scenario_init(&scenario);
        scenario.early_answer = early_answer;
        allow_all(world, 0);
        world->settings.modules[0].session_mode = SESSION_ALWAYS;
        world->crash_at = n;
        world_attach(world, 0, &scenario, 1);
        world_start(world);
        (void) world_run(world, 5 * USEC_PER_HOUR, is_over);
        sim_facts(world->modules[0].sim, &facts);
        const ModuleView view = world_view(world, 0);
        *ret_good = is_over(world) && view.last_job.outcome == OUTCOME_SUCCEEDED &&
                    streq(facts.firmware, TO) && facts.installs == 1 && facts.grants_seen == 1 &&
                    facts.bytes_while_flashing == 0;
        if (!*ret_good)
                printf("  crash at step %llu: state %s, outcome '%s' %s, firmware %s, %u grants "
                       "seen, %u installs, %u bytes while flashing\n",
                       (unsigned long long) n, state_to_string(view.record->state),
                       outcome_to_string(view.last_job.outcome),
                       reason_to_string(view.last_job.reason), facts.firmware, facts.grants_seen,
                       facts.installs, facts.bytes_while_flashing);
        return world->step >= n;
}

static void crash_at_every_step(SimAnswer early_answer) {
        unsigned bad = 0;
        uint64_t n = 1;

        for (bool reached = true; reached; n++) {
                bool good;
                reached = run_with_crash(n, early_answer, &good);
                bad += !good;
        }
        printf("  %llu steps\n", (unsigned long long) n - 1);
        CHECK(n > 50);
        CHECK_INT(bad, 0);
}

TEST(crash_at_every_step_ends_the_same) {
        crash_at_every_step(SIM_ANSWER_ACCEPT);
}

TEST(crash_at_every_step_with_a_module_that_takes_no_early_answer) {
        crash_at_every_step(SIM_ANSWER_ERROR);
}

TEST_MAIN()
