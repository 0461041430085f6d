/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Packages that fotad itself has, against the simulated HL78xx: a handed-over file, chains of the
 * catalogue, a line that breaks, fotad killed at every step. What must hold whatever happens: the
 * dialogue is back afterwards, one AT+WDSR=4 for a request, nothing said to a module that flashes,
 * and an end that the version proves. */

#include "sim/world.h"
#include "test.h"

#define V1 "HL7800.4.4.14.0"
#define V2 "HL7800.4.5.4.0"
#define V3 "HL7800.4.7.1.0"
#define BYTES 5000

static World *world_of(const SimScenario *scenario) {
        World *world = world_new(1);
        ActionPolicy *actions = world->settings.modules[0].policy.actions;

        actions[ACTION_DOWNLOAD].decision = actions[ACTION_INSTALL].decision = DECISION_ACCEPT;
        world_add_hop(world, V1, V2);
        world_add_hop(world, V2, V3);
        world_attach(world, 0, scenario, 1);
        return world;
}

static void scenario_init(SimScenario *scenario) {
        sim_scenario_init(scenario);
        (void) TEXT_COPY(scenario->firmware, V1);
}

static bool is_idle(World *world) {
        return world->gateway && world_state(world, 0) == STATE_IDLE &&
               world_view(world, 0).reconciled;
}

static bool is_over(World *world) {
        return is_idle(world) && world_view(world, 0).last_job.id != 0 &&
               world_view(world, 0).job.id == 0;
}

static bool is_half(World *world) {
        return world->gateway && world_state(world, 0) == STATE_DOWNLOADING &&
               world_view(world, 0).record->progress_percent > 30;
}

static OrderResult order_result(World *world, const Order *order, char why[static WHY_MAX]) {
        const OrderResult result =
                gateway_order(world->gateway, gateway_module(world->gateway, 0), order, NULL, why);

        gateway_settle(world->gateway);
        return result;
}

static void order(World *world, const Order *what) {
        char why[WHY_MAX] = "";

        gateway_turn(world->gateway, &world->now);
        CHECK_INT(order_result(world, what, why), ORDER_DONE);
        CHECK_STR(why, "");
}

static void order_update(World *world, UpdateFrom from, const char *to) {
        if (from == UPDATE_FROM_FILE)
                world_give_package(world, 0, V1, V2, BYTES);
        order(world, &(const Order) {
                             .kind = ORDER_UPDATE, .from = from, .to = to, .who = "test (uid 0)" });
}

static void order_refused(World *world, UpdateFrom from, char why[static WHY_MAX]) {
        gateway_turn(world->gateway, &world->now);
        CHECK_INT(order_result(world,
                               &(const Order) { .kind = ORDER_UPDATE, .from = from, .who = "test" },
                               why),
                  ORDER_REFUSED);
}

static void start(World *world) {
        world_start(world);
        CHECK(world_run(world, 5 * USEC_PER_MINUTE, is_idle));
}

static void update_to_end(World *world, UpdateFrom from, const char *to) {
        start(world);
        order_update(world, from, to);
        CHECK(world_run(world, (from == UPDATE_FROM_FILE ? 1 : 2) * USEC_PER_HOUR, is_over));
}

static void update_to_half(World *world) {
        start(world);
        order_update(world, UPDATE_FROM_FILE, NULL);
        CHECK(world_run(world, USEC_PER_HOUR, is_half));
}

static void check_end(World *world, const char *outcome, const char *reason, const char *firmware) {
        const ModuleView view = world_view(world, 0);
        SimFacts facts;

        if (getenv("VERBOSE"))
                world_print(world, 0);
        sim_facts(world->modules[0].sim, &facts);
        CHECK_STR(outcome_to_string(view.last_job.outcome), outcome);
        CHECK_STR(reason_to_string(view.last_job.reason), reason);
        CHECK_STR(facts.firmware, firmware);
        CHECK_STR(view.record->firmware, firmware);
        CHECK_INT(facts.bytes_while_flashing, 0);
        CHECK(!view.record->push_wanted);
        CHECK(!view.record->hop_to[0]);
        CHECK(!world->modules[0].has_package);
}

TEST(a_file_is_pushed_and_installed) {
        SimScenario scenario;

        scenario_init(&scenario);
        _cleanup_(world_freep) World *world = world_of(&scenario);
        update_to_end(world, UPDATE_FROM_FILE, NULL);
        check_end(world, "succeeded", "", V2);
        CHECK_STR(job_source_to_string(world_view(world, 0).last_job.source), "file");
        CHECK_INT(world_count_wire(world, 0, "AT+WDSD=5000"), 1);
        CHECK_INT(world_count_wire(world, 0, "AT+WDSR=4"), 1);
        CHECK(world_count_events(world, EVENT_DOWNLOAD_PROGRESS) > 2);
        CHECK_INT(world_count_events(world, EVENT_DOWNLOAD_STARTED), 1);
        CHECK_INT(world_count_events(world, EVENT_DOWNLOAD_COMPLETED), 1);
        CHECK_INT(world_count_events(world, EVENT_INSTALL_SUCCEEDED), 1);
}

TEST(a_session_is_closed_for_it_and_opened_again) {
        SimScenario scenario;

        scenario_init(&scenario);
        _cleanup_(world_freep) World *world = world_of(&scenario);
        world->settings.modules[0].session_mode = SESSION_ALWAYS;
        world_start(world);
        for (unsigned i = 0; i < 60 && world_state(world, 0) != STATE_CONNECTED; i++)
                (void) world_run(world, 10 * USEC_PER_SEC, NULL);
        CHECK_INT(world_state(world, 0), STATE_CONNECTED);
        order_update(world, UPDATE_FROM_FILE, NULL);
        for (unsigned i = 0; i < 3600 && !world_view(world, 0).last_job.id; i++)
                (void) world_run(world, USEC_PER_SEC, NULL);
        (void) world_run(world, 10 * USEC_PER_MINUTE, NULL);
        check_end(world, "succeeded", "", V2);
        CHECK_INT(world_count_wire(world, 0, "AT+WDSS=1,0"), 1);
        CHECK_INT(world_state(world, 0), STATE_CONNECTED);
}

TEST(a_chain_goes_hop_by_hop) {
        SimScenario scenario;

        scenario_init(&scenario);
        _cleanup_(world_freep) World *world = world_of(&scenario);
        start(world);
        order_update(world, UPDATE_FROM_CATALOGUE, V3);
        CHECK_STR(world_view(world, 0).record->hop_to, V2);
        CHECK_STR(world_view(world, 0).record->chain_to, V3);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, is_over));
        check_end(world, "succeeded", "", V3);
        CHECK_INT(world_view(world, 0).last_job.id, 2);
        CHECK_INT(world_count_events(world, EVENT_INSTALL_SUCCEEDED), 2);
        CHECK_INT(world_count_events(world, EVENT_UNSANCTIONED_CHANGE), 0);
        CHECK_INT(world_count_wire(world, 0, "AT+WDSR=4"), 2);
}

TEST(a_chain_without_target_goes_to_the_newest) {
        SimScenario scenario;

        scenario_init(&scenario);
        _cleanup_(world_freep) World *world = world_of(&scenario);
        update_to_end(world, UPDATE_FROM_CATALOGUE, NULL);
        check_end(world, "succeeded", "", V3);
}

TEST(a_version_that_did_not_change_ends_the_chain) {
        SimScenario scenario;

        scenario_init(&scenario);
        scenario.xmodem.result = SIM_RESULT_WRONG_VERSION;
        _cleanup_(world_freep) World *world = world_of(&scenario);
        update_to_end(world, UPDATE_FROM_CATALOGUE, V3);
        check_end(world, "failed", "version-unchanged", V1);
        CHECK_INT(world_view(world, 0).last_job.id, 1);
}

TEST(another_version_than_the_target_is_no_success) {
        SimScenario scenario;

        scenario_init(&scenario);
        _cleanup_(world_freep) World *world = world_of(&scenario);
        start(world);
        order_update(world, UPDATE_FROM_CATALOGUE, V2);
        world_give_package(world, 0, V1, V3, BYTES); /* the file behind the name is another one */
        CHECK(world_run(world, 2 * USEC_PER_HOUR, is_over));
        check_end(world, "failed", "wrong-version", V3);
}

TEST(blocks_of_1024_fail_and_those_of_128_do) {
        SimScenario scenario;

        scenario_init(&scenario);
        scenario.xmodem.block_1k_fails = true;
        _cleanup_(world_freep) World *world = world_of(&scenario);
        update_to_end(world, UPDATE_FROM_FILE, NULL);
        check_end(world, "succeeded", "", V2);
        CHECK_INT(world_count_wire(world, 0, "AT+WDSD=5000"), 2);
}

TEST(a_module_without_local_update_says_so) {
        SimScenario scenario;

        scenario_init(&scenario);
        scenario.wdsd = SIM_ABSENT;
        _cleanup_(world_freep) World *world = world_of(&scenario);
        update_to_end(world, UPDATE_FROM_FILE, NULL);
        check_end(world, "failed", "prerequisite-missing", V1);
}

TEST(a_damaged_package_of_the_catalogue_is_refused_at_once) {
        SimScenario scenario;
        char why[WHY_MAX] = "";

        scenario_init(&scenario);
        _cleanup_(world_freep) World *world = world_of(&scenario);
        world->packages_damaged = true;
        start(world);
        order_refused(world, UPDATE_FROM_CATALOGUE, why);
        CHECK_STR(why, "another SHA-256");
        CHECK_INT(world_view(world, 0).job.id, 0);
}

/* The line is an AT line again afterwards: the next update works. */
static void check_works_afterwards(World *world) {
        const uint64_t before = world_view(world, 0).last_job.id;

        CHECK(world_run(world, USEC_PER_HOUR, is_idle));
        order_update(world, UPDATE_FROM_FILE, NULL);
        for (unsigned i = 0; i < 3600 && world_view(world, 0).last_job.id == before; i++)
                (void) world_run(world, USEC_PER_SEC, NULL);
        CHECK(world_run(world, USEC_PER_HOUR, is_idle));
        check_end(world, "succeeded", "", V2);
}

TEST(a_person_cancels_half_way) {
        SimScenario scenario;

        scenario_init(&scenario);
        _cleanup_(world_freep) World *world = world_of(&scenario);
        update_to_half(world);
        CHECK(gateway_pushes(world->gateway));
        order(world, &(const Order) { .kind = ORDER_CANCEL, .who = "test (uid 0)" });
        CHECK(world_run(world, USEC_PER_MINUTE, is_over));
        check_end(world, "failed", "cancelled", V1);
        CHECK_INT(world_count_events(world, EVENT_DOWNLOAD_FAILED), 0);
        CHECK_INT(world_count_events(world, EVENT_JOB_CANCELLED), 1);
        check_works_afterwards(world);
}

TEST(the_port_vanishes_half_way) {
        SimScenario scenario;

        scenario_init(&scenario);
        _cleanup_(world_freep) World *world = world_of(&scenario);
        update_to_half(world);
        world->modules[0].port_absent = true;
        (void) world_run(world, 30 * USEC_PER_SEC, NULL);
        CHECK_INT(world_state(world, 0), STATE_ABSENT);
        CHECK(world_view(world, 0).job.id != 0);
        world->modules[0].port_absent = false;
        CHECK(world_run(world, 2 * USEC_PER_HOUR, is_over));
        check_end(world, "succeeded", "", V2);
}

TEST(the_module_loses_power_half_way) {
        SimScenario scenario;

        scenario_init(&scenario);
        _cleanup_(world_freep) World *world = world_of(&scenario);
        update_to_half(world);
        sim_power(world->modules[0].sim, world_module_time(world), false);
        (void) world_run(world, 5 * USEC_PER_SEC, NULL);
        sim_power(world->modules[0].sim, world_module_time(world), true);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, is_over));
        if (world_view(world, 0).last_job.outcome == OUTCOME_SUCCEEDED)
                check_end(world, "succeeded", "", V2);
        else
                check_end(world, "failed", "xmodem-failed", V1);
}

TEST(a_servers_request_comes_before_the_push) {
        SimScenario scenario;

        scenario_init(&scenario);
        scenario.n_packages = 1;
        scenario.packages[0] =
                (SimPlannedPackage) { .bytes = 1464, .to = V3, .result = SIM_RESULT_OK };
        _cleanup_(world_freep) World *world = world_of(&scenario);
        world->settings.modules[0].policy.actions[ACTION_DOWNLOAD].decision = DECISION_ASK;
        world_start(world);
        CHECK(world_run(world, 5 * USEC_PER_MINUTE, is_idle));
        order(world, &(const Order) { .kind = ORDER_CONNECT, .who = "test (uid 0)" });
        (void) world_run(world, 5 * USEC_PER_MINUTE, NULL);
        CHECK_INT(world_state(world, 0), STATE_DOWNLOAD_PENDING);
        char why[WHY_MAX] = "";
        world_give_package(world, 0, V1, V2, BYTES);
        order_refused(world, UPDATE_FROM_FILE, why);
        CHECK(strstr(why, "job 1"));
}

/* Every step of a push, one after the other, is the last one of a fotad. */
static void kill_everywhere(UpdateFrom from, const char *to, bool always_succeeds) {
        unsigned steps = 0, failed = 0;

        for (uint64_t at = 1;; at++) {
                SimScenario scenario;
                scenario_init(&scenario);
                _cleanup_(world_freep) World *world = world_of(&scenario);
                start(world);
                const uint64_t before = world->step;
                order_update(world, from, to);
                world->crash_at = before + at;
                for (unsigned i = 0; i < 4 * 3600 && !is_over(world); i++)
                        (void) world_run(world, USEC_PER_SEC, NULL);
                SimFacts facts;
                sim_facts(world->modules[0].sim, &facts);
                if (world->step < world->crash_at)
                        break;
                steps++;
                if (!world_view(world, 0).last_job.id && !world_view(world, 0).job.id)
                        continue; /* dead before the order was on disk */
                CHECK_INT(facts.bytes_while_flashing, 0);
                CHECK(facts.installs <= 1 || to);
                CHECK(facts.grants_seen <= 2);
                if (world_view(world, 0).last_job.outcome == OUTCOME_SUCCEEDED)
                        check_end(world, "succeeded", "", to ? to : V2);
                else {
                        failed++;
                        if (always_succeeds) {
                                printf("  killed at step %llu\n", (unsigned long long) at);
                                world_print(world, 0);
                        }
                        CHECK(!always_succeeds);
                        check_end(world, "failed", "xmodem-failed", V1);
                }
        }
        printf("  %u steps, %u failed\n", steps, failed);
        CHECK(steps > 20);
}

TEST(killed_at_every_step_of_a_pushed_file) {
        kill_everywhere(UPDATE_FROM_FILE, NULL, false);
}

TEST(killed_at_every_step_of_a_package_of_the_catalogue) {
        kill_everywhere(UPDATE_FROM_CATALOGUE, V2, true);
}

TEST_MAIN()
