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

/* STEP=n: at that one only. */
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

/* A server that tries its protocol out. Who misses the one line that says so knows only that
 * nothing happened. */
TEST(killed_at_every_step_of_a_test_run) {
        unsigned bad = 0, n_missed = 0;
        bool reached = true;

        for (uint64_t n = 1; reached; n++) {
                _cleanup_(run_done) Run run;

                run_init(&run, TELIT_SMS);
                run.scenario.packages[0].result = SIM_RESULT_TEST;
                run.world->crash_at = n;
                run_begin(&run);
                const bool over = expect("it did not end", run_update(&run, TELIT_SMS));
                const JobRow job = world_view(run.world, 0).last_job;
                const bool missed = job.reason == REASON_INSTALL_TIMEOUT;
                const bool good = over && (missed || job.outcome == OUTCOME_TEST_RUN);
                n_missed += missed;
                if (!good)
                        printf("  killed at step %llu: %s\n", (unsigned long long) n,
                               reason_to_string(job.reason));
                bad += !good;
                reached = run.world->step >= n;
        }
        CHECK_INT(bad, 0);
        CHECK_INT(n_missed, 1);
}

/* the server's own will */

TEST(an_automatic_update_is_told_as_unsanctioned) {
        _cleanup_(run_done) Run run;

        run_init(&run, TELIT_COMBINED);
        run.scenario.packages[0].automatic = true;
        run.world->settings.modules[0].policy.actions[ACTION_INSTALL].decision = DECISION_DEFER;
        run_begin(&run);
        CHECK(world_run(run.world, USEC_PER_MINUTE, is_calm));
        order(run.world, 0, ORDER_REGISTER);
        CHECK(run_update(&run, TELIT_COMBINED));
        const ModuleView view = world_view(run.world, 0);
        CHECK_STR(outcome_to_string(view.last_job.outcome), "succeeded");
        CHECK_STR(job_source_to_string(view.last_job.source), "automatic");
        CHECK_STR(view.record->firmware, TELIT_TO);
        CHECK_INT(world_count_events(run.world, EVENT_UNSANCTIONED_CHANGE), 1);
        CHECK_INT(world_count_wire(run.world, 0, "AT#OTASUAN=1"), 0);
        CHECK_INT(world_count_wire(run.world, 0, "AT#OTASUAN=0"), 0);
        CHECK_INT(facts_of(run.world, 0).bytes_while_flashing, 0);
        CHECK_INT(facts_of(run.world, 0).inhibited, 0);
        CHECK(are_settings(run.world, run.before));
}

/* a no, and what follows */

static void open_at_one(World *world) {
        Policy *policy = &world->settings.modules[0].policy;
        ActionPolicy *install = policy->actions + ACTION_INSTALL;

        CHECK_INT(window_parse("01:00-03:00", install->windows), 0);
        install->n_windows = 1;
}

/* The server's question comes an hour too early: it gets its no in time, and the next one after the
 * window has opened its yes. */
TEST(refused_before_the_window_and_asked_again_in_it) {
        _cleanup_(run_done) Run run;

        run_init(&run, TELIT_SMS);
        open_at_one(run.world);
        run_begin(&run);
        CHECK(run_update(&run, TELIT_SMS));
        CHECK(is_success(run.world));
        CHECK(facts_of(run.world, 0).refusals > 5);
        CHECK_INT(world_count_wire(run.world, 0, "AT#OTASUAN=1"), 1);
        CHECK_INT(world_count_events(run.world, EVENT_REISSUE_WANTED), 1);
        CHECK_INT(world_count_events(run.world, EVENT_JOB_CREATED), 1);
        CHECK(are_settings(run.world, run.before));
}

/* By TCP nobody asks again: fotad starts what a person ordered when the window opens. */
TEST(ordered_before_the_window_and_started_in_it) {
        _cleanup_(run_done) Run run;

        run_init(&run, TELIT_TCP);
        open_at_one(run.world);
        run_begin(&run);
        CHECK(world_run(run.world, USEC_PER_MINUTE, is_calm));
        order(run.world, 0, ORDER_REGISTER);
        CHECK(world_run(run.world, USEC_PER_MINUTE, is_registered));
        order(run.world, 0, ORDER_UPDATE);
        (void) world_run(run.world, 50 * USEC_PER_MINUTE, NULL);
        CHECK_INT(world_count_wire(run.world, 0, "AT#OTAIPUPD"), 0);
        CHECK(run_update(&run, TELIT_TCP));
        CHECK(is_success(run.world));
        CHECK_INT(world_count_wire(run.world, 0, "AT#OTAIPUPD"), 1);
}

/* Seconds from a command to its reply: the question comes while fotad reads the settings, and is
 * over before it can be answered. */
TEST(a_line_too_slow_for_the_answer) {
        _cleanup_(run_done) Run run;

        run_init(&run, TELIT_SMS);
        run.scenario.timings.answer_window = 20 * USEC_PER_SEC;
        run.world->settings.modules[0].family_settings.answer_window = 20 * USEC_PER_SEC;
        run.scenario.packages[0].at = 57 * USEC_PER_SEC;
        run_begin(&run);
        run.scenario.timings.answer = 900 * USEC_PER_MSEC;
        CHECK(run_update(&run, TELIT_SMS));
        CHECK(is_success(run.world));
        CHECK(world_count_events(run.world, EVENT_REISSUE_WANTED) > 0);
        run.scenario.timings.answer = 20 * USEC_PER_MSEC;
        CHECK(are_settings(run.world, run.before));
}

/* the note's chapter 6 */

#define CARD_A "89390123456789000001", "222010000000001"
#define CARD_B "89390123456789000002", "222010000000002"

static void put_card(SimScenario *scenario, usec_t at, bool elsewhere, const char *iccid,
                     const char *imsi) {
        SimPlannedCard *card = scenario->cards + scenario->n_cards++;

        *card = (SimPlannedCard) { .at = at, .out = !iccid, .elsewhere = elsewhere };
        (void) TEXT_COPY(card->iccid, iccid ? iccid : "");
        (void) TEXT_COPY(card->imsi, imsi ? imsi : "");
}

static bool is_in_doubt(World *world) {
        return world_view(world, 0).record->registration.doubtful;
}

static bool are_both_registered(World *world) {
        return world_view(world, 0).record->registration.state == REGISTRATION_DONE &&
               world_view(world, 1).record->registration.state == REGISTRATION_DONE;
}

/* SIM A goes from the first module to the second and back; the first one believes to be registered
 * still, and its server's SMS would not arrive. fotad holds its updates until an administrator has
 * forced the registration. */
TEST(a_sim_that_was_in_another_module) {
        _cleanup_(world_freep) World *world = world_new(2);
        static SimScenario scenarios[2];

        for (size_t i = 0; i < 2; i++) {
                telit_scenario_init(scenarios + i, TELIT_SMS);
                scenarios[i].n_packages = 0;
                scenarios[i].telit.qss = true;
                scenarios[i].telit.registers_again = false;
                (void) snprintf(scenarios[i].imei, SIM_TEXT_MAX, "35467890123456%zu", i + 3);
                (void) snprintf(scenarios[i].iccid, SIM_TEXT_MAX, "8939012345678900000%zu", i + 1);
                (void) snprintf(scenarios[i].imsi, SIM_TEXT_MAX, "22201000000000%zu", i + 1);
                world_use_telit(world, i, TELIT_SMS);
        }
        put_card(scenarios, 10 * USEC_PER_MINUTE, false, NULL, NULL);
        put_card(scenarios + 1, 11 * USEC_PER_MINUTE, false, NULL, NULL);
        put_card(scenarios + 1, 12 * USEC_PER_MINUTE, false, CARD_A);
        put_card(scenarios + 1, 30 * USEC_PER_MINUTE, false, NULL, NULL);
        put_card(scenarios + 1, 31 * USEC_PER_MINUTE, false, CARD_B);
        put_card(scenarios, 32 * USEC_PER_MINUTE, true, CARD_A);
        scenarios[0].n_requests = 1;
        scenarios[0].requests[0] =
                (SimPlannedRequest) { .at = 2 * USEC_PER_HOUR, .action = SIM_ACTION_REGISTER };
        telit_attach(world, 0, scenarios);
        telit_attach(world, 1, scenarios + 1);
        world_start(world);
        CHECK(world_run(world, 5 * USEC_PER_MINUTE, are_both_registered));
        CHECK(world_run(world, 20 * USEC_PER_MINUTE, is_in_doubt));
        (void) world_run(world, USEC_PER_HOUR, NULL);
        if (getenv("VERBOSE"))
                world_print(world, 0);
        CHECK(is_in_doubt(world));
        Verdict verdict;
        gateway_judge(world->gateway, gateway_module(world->gateway, 0), ACTION_INSTALL, &verdict);
        CHECK(verdict.kind != VERDICT_ACCEPT);
        CHECK(strstr(verdict.findings[verdict.because].text, "354678901234563"));
        CHECK_INT(facts_of(world, 0).registrations, 1);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, are_both_registered));
        CHECK(!is_in_doubt(world));
        CHECK_INT(facts_of(world, 0).registrations, 2);
}

TEST_MAIN()
