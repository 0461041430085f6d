/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whole updates of Telit modules in simulated time, by each of the three protocols, and fotad
 * killed at every step that it takes. What must hold whatever happens: the module takes one yes,
 * nothing is said to it while it flashes, nothing that it must not get while it downloads, its
 * settings are what they were, and it is registered. */

#include "sim/telit.h"
#include "test.h"

static void order(World *world, size_t module, OrderKind kind) {
        const Order what = { .kind = kind, .action = ACTION_INSTALL, .who = "test (uid 0)" };
        char why[WHY_MAX];

        gateway_turn(world->gateway, &world->now);
        CHECK_INT(gateway_order(world->gateway, gateway_module(world->gateway, module), &what, NULL,
                                why),
                  ORDER_DONE);
}

static bool is_calm(World *world) {
        return world->gateway && world_state(world, 0) == STATE_IDLE &&
               world_view(world, 0).reconciled;
}

static bool is_registered(World *world) {
        return is_calm(world) &&
               world_view(world, 0).record->registration.state == REGISTRATION_DONE;
}

/* ... and all that belongs to it is done. */
static bool is_over(World *world) {
        return is_registered(world) && world_view(world, 0).last_job.id != 0 &&
               !world_view(world, 0).job.id && !world_view(world, 0).record->snapshot.restore_due;
}

static SimFacts facts_of(const World *world, size_t module) {
        SimFacts facts;

        sim_facts(world->modules[module].sim, &facts);
        return facts;
}

static bool expect(const char *what, bool holds) {
        if (!holds)
                printf("    %s\n", what);
        return holds;
}

/* The update is over, and fotad runs. */
static bool is_success(const World *world) {
        const ModuleView view = world_view(world, 0);
        const SimFacts facts = facts_of(world, 0);
        bool good = true;

        good &= expect("the job did not succeed", view.last_job.outcome == OUTCOME_SUCCEEDED);
        good &= expect("the version shown is another",
                       streq(view.record->firmware, TELIT_TO) && streq(view.last_job.to, TELIT_TO));
        good &= expect("the module was not updated", streq(facts.firmware, TELIT_TO));
        good &= expect("the module did not take one yes", facts.grants == 1);
        good &= expect("the module did not install once", facts.installs == 1);
        good &= expect("something was sent while it flashed", facts.bytes_while_flashing == 0);
        good &= expect("an inhibited command was sent", facts.inhibited == 0);
        good &= expect("it is not registered", facts.registered);
        good &= expect("it looked like somebody else's",
                       world_count_events(world, EVENT_UNSANCTIONED_CHANGE) == 0);
        return good;
}

/* Ends fotad. */
static bool are_settings(World *world, const char *before) {
        char after[TELIT_READ_MAX];

        world_kill(world);
        telit_read(world, 0, after);
        if (!streq(before, after))
                printf("    before:\n%s\n    after:\n%s\n", before, after);
        return streq(before, after);
}

typedef struct Run {
        World *world;
        SimScenario scenario;
        char before[TELIT_READ_MAX];
} Run;

static void run_init(Run *run, TelitProtocol protocol) {
        run->world = world_new(1);
        telit_scenario_init(&run->scenario, protocol);
        world_use_telit(run->world, 0, protocol);
}

static void run_begin(Run *run) {
        telit_attach(run->world, 0, &run->scenario);
        telit_read(run->world, 0, run->before);
        world_start(run->world);
}

static void run_done(Run *run) {
        if (getenv("VERBOSE") && run->world->gateway)
                world_print(run->world, 0);
        run->world = world_free(run->world);
}

/* A person registers a module whose registration failed, and orders the update where the server
 * does not ask (tcp); what fotad did not take, being killed, again. */
static void person(World *world, TelitProtocol protocol) {
        if (!is_calm(world) || world_view(world, 0).job.id)
                return;
        const ModuleView view = world_view(world, 0);
        if (view.record->registration.state == REGISTRATION_FAILED &&
            !view.record->registration.wanted)
                order(world, 0, ORDER_REGISTER);
        else if (protocol == TELIT_TCP && is_registered(world) && !view.last_job.id)
                order(world, 0, ORDER_UPDATE);
}

/* Until it is over. */
static bool run_update(Run *run, TelitProtocol protocol) {
        for (unsigned i = 0; i < 1000 && !is_over(run->world); i++) {
                person(run->world, protocol);
                (void) world_run(run->world, 30 * USEC_PER_SEC, is_over);
        }
        return is_over(run->world);
}

static void update_by(TelitProtocol protocol) {
        _cleanup_(run_done) Run run;

        run_init(&run, protocol);
        run_begin(&run);
        CHECK(run_update(&run, protocol));
        CHECK(is_success(run.world));
        CHECK_INT(world_count_events(run.world, EVENT_INSTALL_SUCCEEDED), 1);
        CHECK_INT(world_count_events(run.world, EVENT_SETTINGS_RESTORED), 1);
        (void) world_run(run.world, USEC_PER_HOUR, NULL);
        CHECK_INT(world_count_events(run.world, EVENT_NOTIFIED), 1);
        CHECK(are_settings(run.world, run.before));
}

TEST(update_by_sms) {
        update_by(TELIT_SMS);
}

TEST(update_combined) {
        update_by(TELIT_COMBINED);
}

TEST(update_by_tcp_from_an_order) {
        update_by(TELIT_TCP);
}

/* fotad killed at every step */

/* One run with a kill at step `n`; false when the update ended before step n was reached. */
static bool run_with_crash(TelitProtocol protocol, uint64_t n, bool *ret_good) {
        _cleanup_(run_done) Run run;

        run_init(&run, protocol);
        run.world->crash_at = n;
        run_begin(&run);
        *ret_good = expect("it did not end", run_update(&run, protocol));
        *ret_good = *ret_good && is_success(run.world);
        *ret_good = *ret_good && are_settings(run.world, run.before);
        if (!*ret_good)
                printf("  killed at step %llu\n", (unsigned long long) n);
        return run.world->step >= n;
}

static void crash_at_every_step(TelitProtocol protocol) {
        unsigned bad = 0;
        const char *only = getenv("STEP");
        uint64_t n = only ? strtoull(only, NULL, 10) : 1;

        for (bool reached = true; reached && !(only && n > strtoull(only, NULL, 10)); n++) {
                bool good;
                reached = run_with_crash(protocol, n, &good);
                bad += !good;
        }
        printf("  %llu steps\n", (unsigned long long) n - 1);
        CHECK(n > 50);
        CHECK_INT(bad, 0);
}

TEST(killed_at_every_step_sms) {
        crash_at_every_step(TELIT_SMS);
}

TEST(killed_at_every_step_combined) {
        crash_at_every_step(TELIT_COMBINED);
}

TEST(killed_at_every_step_tcp) {
        crash_at_every_step(TELIT_TCP);
}

TEST_MAIN()
