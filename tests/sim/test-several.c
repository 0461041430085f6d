/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Several modules on one gateway, in simulated time: who goes, after whom, and what the others'
 * installs, failures and absences have to do with it. */

#include <stdio.h>

#include "core/module.h"
#include "fotasim/identity.h"
#include "sim/telit.h"
#include "sim/world.h"
#include "test.h"

#define FROM "BHL7800.1.6.3.0.20180803"
#define TO "THL7800.1.6.3.0.99.20180803"
#define SOAK (30 * USEC_PER_MINUTE)

static SimScenario scenarios[WORLD_MODULES_MAX]; /* borrowed by the modules of the world */

/* Module `i` may do all that it asks for, and asks at once. */
static void add_module(World *world, size_t i, SimResult result) {
        ModuleSettings *settings = &world->settings.modules[i];
        SimScenario *scenario = &scenarios[i];

        sim_scenario_init(scenario);
        (void) TEXT_COPY(scenario->firmware, FROM);
        (void) snprintf(scenario->imei, sizeof scenario->imei, "35412345678901%zu", i);
        (void) snprintf(scenario->iccid, sizeof scenario->iccid, "893910410600000000%zu", i + 10);
        scenario->n_packages = 1;
        scenario->packages[0] = (SimPlannedPackage) { .bytes = 1464, .to = TO, .result = result };
        settings->session_mode = SESSION_ALWAYS;
        settings->policy.actions[ACTION_DOWNLOAD].decision = DECISION_ACCEPT;
        settings->policy.actions[ACTION_INSTALL].decision = DECISION_ACCEPT;
        world_attach(world, i, scenario, i + 1);
}

static World *world_of(size_t n) {
        World *world = world_new(n);

        for (size_t i = 0; i < n; i++)
                add_module(world, i, SIM_RESULT_OK);
        world->settings.gateway.concurrent_installs = 8;
        return world;
}

static void order(World *world, size_t module, OrderKind kind, Action action) {
        const Order what = { .kind = kind, .action = action, .who = "test (uid 0)" };
        char why[WHY_MAX] = "";

        gateway_turn(world->gateway, &world->now);
        CHECK_INT(gateway_order(world->gateway, gateway_module(world->gateway, module), &what, NULL,
                                why),
                  ORDER_DONE);
        gateway_settle(world->gateway);
}

static void judge(World *world, size_t module, Verdict *ret) {
        gateway_turn(world->gateway, &world->now);
        gateway_judge(world->gateway, gateway_module(world->gateway, module), ACTION_INSTALL, ret);
}

/* Realtime of the module's first event of that kind from `after` on; 0: none. */
static usec_t event_at(const World *world, size_t module, EventKind kind, usec_t after) {
        for (size_t i = 0; i < world->n_events; i++)
                if (world->events[i].kind == kind && world->events[i].realtime >= after &&
                    streq(world->events[i].module, world->settings.modules[module].name))
                        return world->events[i].realtime;
        return 0;
}

static usec_t started(const World *world, size_t module) {
        return event_at(world, module, EVENT_AGREEMENT_ACCEPTED,
                        event_at(world, module, EVENT_PACKAGE_VERIFIED, 0));
}

static bool all_over(World *world) {
        for (size_t i = 0; i < world->settings.n_modules; i++)
                if (world_view(world, i).last_job.id == 0)
                        return false;
        return true;
}

static bool first_over(World *world) {
        return world->gateway && world_view(world, 0).last_job.id != 0;
}

static bool waits_for(const World *world, size_t module, Rule rule) {
        Verdict verdict;

        gateway_judge(world->gateway, gateway_module(world->gateway, module), ACTION_INSTALL,
                      &verdict);
        return world_state(world, module) == STATE_INSTALL_PENDING &&
               verdict.kind != VERDICT_ACCEPT && verdict.because == rule;
}

static bool second_soaks(World *world) {
        return world->gateway && waits_for(world, 1, RULE_SOAK);
}

static bool second_installs(World *world) {
        return world->gateway && world_state(world, 1) == STATE_INSTALLING;
}

static bool first_installs(World *world) {
        return world->gateway && world_state(world, 0) == STATE_INSTALLING;
}

/* the audit trail */

static bool is_decision(EventKind kind) {
        return kind == EVENT_AGREEMENT_ACCEPTED || kind == EVENT_AGREEMENT_DEFERRED ||
               kind == EVENT_POLICY_WAITING || kind == EVENT_SESSION_GRANTED;
}

TEST(each_decision_names_its_rule_and_the_version_of_its_policy) {
        _cleanup_(world_freep) World *world = world_of(2);
        unsigned n = 0;

        world->settings.gateway.soak = SOAK;
        (void) TEXT_COPY(world->settings.modules[0].policy.name, "night");
        world_start(world);
        CHECK(world_run(world, 6 * USEC_PER_HOUR, all_over));
        for (size_t i = 0; i < world->n_events; i++) {
                const WorldEvent *event = &world->events[i];
                const bool first = streq(event->module, "modem0");

                if (!is_decision(event->kind))
                        continue;
                n++;
                CHECK(strstr(event->details, " because="));
                CHECK(strstr(event->details, " rule="));
                CHECK(strstr(event->details, first ? " policy=night " : " policy=(built-in) "));
                CHECK(strstr(event->details, " policy_version="));
        }
        CHECK(n >= 8);
}

/* soak */

/* A yes is all that it needs, and whoever looks is told so. */
static void check_wants_yes(World *world, size_t module, Rule rule) {
        const Module *m = gateway_module(world->gateway, module);
        char answer[64];
        Forecast forecast;
        Need need;

        gateway_forecast(world->gateway, m, ACTION_INSTALL, &forecast);
        gateway_need(world->gateway, m, ACTION_INSTALL, rule, &need);
        CHECK_INT(forecast.needs, (RuleSet) 1 << rule);
        CHECK_INT(forecast.consented_needs, 0);
        CHECK_STR(need.event, "a person's yes");
        (void) snprintf(answer, sizeof(answer), "your answer: fotactl accept %s install",
                        module_name(m));
        CHECK_STR(world_next(world, module), answer);
}

TEST(soak_lets_one_go_after_the_other_in_configuration_order) {
        _cleanup_(world_freep) World *world = world_of(3);

        world->settings.gateway.soak = SOAK;
        world_start(world);
        CHECK(world_run(world, 6 * USEC_PER_HOUR, all_over));
        CHECK_INT(world_count_events(world, EVENT_INSTALL_SUCCEEDED), 3);
        for (size_t i = 1; i < 3; i++) {
                const usec_t before = event_at(world, i - 1, EVENT_INSTALL_SUCCEEDED, 0);

                CHECK(started(world, i) >= before + SOAK);
                CHECK(started(world, i) <= before + SOAK + 2 * USEC_PER_SEC);
        }
}

/* What explain says is when it happens, and it is told by policy, not by a limit. */
TEST(soak_says_who_and_until_when) {
        _cleanup_(world_freep) World *world = world_of(2);
        Verdict verdict;
        char expected[160];

        world->settings.gateway.soak = SOAK;
        world_start(world);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, first_installs));
        CHECK(world_run(world, USEC_PER_HOUR, second_soaks));
        judge(world, 1, &verdict);
        CHECK_STR(verdict.findings[RULE_SOAK].text,
                  "modem0 of the same family installs; the next goes 30min after its success");
        CHECK(verdict.next_change == USEC_INFINITY);
        CHECK(world_run(world, USEC_PER_HOUR, first_over));
        judge(world, 1, &verdict);
        CHECK(verdict.next_change - world->now.realtime <= SOAK + USEC_PER_SEC);
        (void) snprintf(expected, sizeof expected,
                        "modem0 of the same family succeeded less than 30min ago: from");
        CHECK(text_starts_with(verdict.findings[RULE_SOAK].text, expected));
        CHECK(world_run(world, USEC_PER_HOUR, second_installs));
        CHECK_INT(world->now.realtime / USEC_PER_SEC, verdict.next_change / USEC_PER_SEC);
}

static void soak_over(bool reboots) {
        _cleanup_(world_freep) World *world = world_of(2);
        usec_t succeeded;

        world->settings.gateway.soak = SOAK;
        world_start(world);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, first_over));
        succeeded = event_at(world, 0, EVENT_INSTALL_SUCCEEDED, 0);
        CHECK(!world_run(world, 10 * USEC_PER_MINUTE, second_installs));
        if (reboots)
                world_reboot(world);
        else
                world_kill(world);
        world_start(world);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, second_installs));
        CHECK(started(world, 1) >= succeeded + SOAK);
        CHECK(started(world, 1) <= succeeded + SOAK + USEC_PER_MINUTE);
}

TEST(soak_goes_on_over_a_restart_of_fotad) {
        soak_over(false);
}

TEST(soak_goes_on_over_a_boot_of_the_gateway) {
        soak_over(true);
}

/* The wall clock is set while it lasts: it counts time, not dates. */
TEST(soak_is_not_cut_short_by_a_clock_that_is_set) {
        _cleanup_(world_freep) World *world = world_of(2);

        world->settings.gateway.soak = SOAK;
        world_start(world);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, first_over));
        world->now.realtime += 400 * USEC_PER_DAY;
        CHECK(!world_run(world, 25 * USEC_PER_MINUTE, second_installs));
        world->now.realtime -= 800 * USEC_PER_DAY;
        CHECK(world_run(world, 10 * USEC_PER_MINUTE, second_installs));
}

TEST(soak_stops_the_family_after_a_failure_until_a_person_lets_one_go) {
        _cleanup_(world_freep) World *world = world_new(3);
        Verdict verdict;

        add_module(world, 0, SIM_RESULT_WRONG_VERSION);
        add_module(world, 1, SIM_RESULT_OK);
        add_module(world, 2, SIM_RESULT_OK);
        world->settings.gateway.soak = SOAK;
        world_start(world);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, first_over));
        CHECK_INT(world_view(world, 0).last_job.outcome, OUTCOME_FAILED);
        CHECK(!world_run(world, 2 * USEC_PER_DAY, second_installs));
        judge(world, 1, &verdict);
        CHECK_INT(verdict.because, RULE_SOAK);
        CHECK_INT(verdict.kind, VERDICT_HOLD);
        CHECK(verdict.next_change == USEC_INFINITY);
        CHECK(strstr(verdict.findings[RULE_SOAK].text, "modem0 failed Mon 2026-11-23 00:"));
        CHECK(strstr(verdict.findings[RULE_SOAK].text, "fotactl accept"));
        check_wants_yes(world, 1, RULE_SOAK);
        world_kill(world);
        world_start(world);
        CHECK(!world_run(world, USEC_PER_DAY, second_installs));
        order(world, 1, ORDER_ACCEPT, ACTION_INSTALL);
        CHECK(world_run(world, USEC_PER_MINUTE, second_installs));
        CHECK(!world_run(world, USEC_PER_DAY, all_over)); /* the yes was for modem1 alone */
        CHECK_INT(world_state(world, 2), STATE_INSTALL_PENDING);
}

/* A yes of before the failure was given by somebody who did not know of it. */
TEST(soak_counts_only_a_consent_that_came_after_the_failure) {
        _cleanup_(world_freep) World *world = world_new(2);
        Verdict verdict;

        add_module(world, 0, SIM_RESULT_WRONG_VERSION);
        add_module(world, 1, SIM_RESULT_OK);
        world->settings.gateway.soak = SOAK;
        world->settings.gateway.concurrent_installs = 2;
        world->settings.modules[1].policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        world_start(world);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, first_installs));
        CHECK(world_run(world, USEC_PER_HOUR, second_soaks));
        order(world, 1, ORDER_ACCEPT, ACTION_INSTALL);
        CHECK(world_run(world, USEC_PER_HOUR, first_over));
        CHECK(!world_run(world, USEC_PER_HOUR, second_installs));
        judge(world, 1, &verdict);
        CHECK(verdict.findings[RULE_DECISION].passes);
        CHECK_INT(verdict.because, RULE_SOAK);
        order(world, 1, ORDER_ACCEPT, ACTION_INSTALL);
        CHECK(world_run(world, USEC_PER_MINUTE, second_installs));
}

/* A module that is taken out of the configuration is remembered, also by the next fotad. */
TEST(soak_remembers_modules_that_are_gone) {
        static Settings fewer;
        _cleanup_(world_freep) World *world = world_new(2);
        Verdict verdict;

        add_module(world, 0, SIM_RESULT_OK);
        add_module(world, 1, SIM_RESULT_WRONG_VERSION);
        world->settings.gateway.soak = SOAK;
        world->settings.modules[0].policy.actions[ACTION_INSTALL].decision = DECISION_DEFER;
        world_start(world);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, second_installs));
        while (world_view(world, 1).last_job.id == 0)
                (void) world_run(world, USEC_PER_MINUTE, NULL);
        fewer = world->settings;
        fewer.n_modules = 1;
        fewer.modules[0].policy.actions[ACTION_INSTALL].decision = DECISION_ACCEPT;
        CHECK_INT(gateway_reload(world->gateway, &fewer), 0);
        judge(world, 0, &verdict);
        CHECK(text_starts_with(verdict.findings[RULE_SOAK].text, "the install of modem1 failed"));
        world_kill(world);
        world->settings = fewer;
        world_start(world);
        CHECK(!world_run(world, USEC_PER_HOUR, first_installs));
        judge(world, 0, &verdict);
        CHECK(text_starts_with(verdict.findings[RULE_SOAK].text, "the install of modem1 failed"));
        order(world, 0, ORDER_ACCEPT, ACTION_INSTALL);
        CHECK(world_run(world, USEC_PER_MINUTE, first_installs));
}

TEST(reload_does_not_take_away_a_module_that_installs) {
        static Settings fewer, renamed;
        _cleanup_(world_freep) World *world = world_new(2);

        add_module(world, 0, SIM_RESULT_OK);
        add_module(world, 1, SIM_RESULT_OK);
        world->settings.modules[0].policy.actions[ACTION_INSTALL].decision = DECISION_DEFER;
        world_start(world);
        fewer = renamed = world->settings;
        fewer.n_modules = 1;
        (void) TEXT_COPY(renamed.modules[1].name, "modem9");
        CHECK(!gateway_reload_hindrance(world->gateway, &fewer));
        CHECK(world_run(world, 2 * USEC_PER_HOUR, second_installs));
        CHECK_STR(module_name(gateway_reload_hindrance(world->gateway, &fewer)), "modem1");
        CHECK_STR(module_name(gateway_reload_hindrance(world->gateway, &renamed)), "modem1");
        CHECK(!gateway_reload_hindrance(world->gateway, &world->settings));
        while (world_view(world, 1).last_job.id == 0)
                (void) world_run(world, USEC_PER_MINUTE, NULL);
        CHECK(!gateway_reload_hindrance(world->gateway, &fewer));
}

TEST(soak_is_of_one_family) {
        _cleanup_(world_freep) World *world = world_new(2);

        add_module(world, 0, SIM_RESULT_WRONG_VERSION);
        telit_scenario_init(&scenarios[1], TELIT_SMS);
        world_use_telit(world, 1, TELIT_SMS);
        world->settings.gateway.soak = SOAK;
        telit_attach(world, 1, &scenarios[1]);
        world_start(world);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, all_over));
        CHECK_INT(world_view(world, 0).last_job.outcome, OUTCOME_FAILED);
        CHECK_INT(world_view(world, 1).last_job.outcome, OUTCOME_SUCCEEDED);
}

/* slots and the barrier */

/* The grant is on disk, its module is not there: it may be flashing. */
TEST(nobody_goes_while_a_module_may_be_flashing_unseen) {
        _cleanup_(world_freep) World *world = world_of(2);
        Verdict verdict;
        usec_t granted;

        world->settings.modules[1].policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        world_start(world);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, first_installs));
        granted = world->now.realtime;
        world_kill(world);
        world->modules[0].port_absent = true;
        world_start(world);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        order(world, 1, ORDER_ACCEPT, ACTION_INSTALL);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        judge(world, 1, &verdict);
        CHECK_INT(verdict.because, RULE_BARRIER);
        CHECK(verdict.next_change <= granted + 15 * USEC_PER_MINUTE + USEC_PER_SEC);
        CHECK(!verdict.findings[RULE_CONCURRENT].passes ||
              world->settings.gateway.concurrent_installs > 1);
        CHECK(world_run(world, USEC_PER_HOUR, second_installs));
        CHECK(world->now.realtime >= granted + 15 * USEC_PER_MINUTE);
        CHECK(world->now.realtime <= granted + 15 * USEC_PER_MINUTE + 2 * USEC_PER_SEC);
}

/* Whatever the clock of a gateway that booted says, the barrier is no longer than that. */
TEST(barrier_opens_also_when_the_clock_was_set_back) {
        _cleanup_(world_freep) World *world = world_of(2);

        world->settings.modules[1].policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        world->settings.gateway.trusted_time = TRUSTED_TIME_NONE;
        world_start(world);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, first_installs));
        world->modules[0].port_absent = true;
        world_reboot(world);
        world->now.realtime -= 300 * USEC_PER_DAY;
        world_start(world);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        order(world, 1, ORDER_ACCEPT, ACTION_INSTALL);
        CHECK(!world_run(world, 13 * USEC_PER_MINUTE, second_installs));
        CHECK(world_run(world, 3 * USEC_PER_MINUTE, second_installs));
}

/* An update that goes on by itself takes a slot from its yes on, whatever the family. */
TEST(one_slot_for_both_families) {
        _cleanup_(world_freep) World *world = world_new(3);
        unsigned most = 0;

        add_module(world, 0, SIM_RESULT_OK);
        add_module(world, 2, SIM_RESULT_OK);
        telit_scenario_init(&scenarios[1], TELIT_SMS);
        world_use_telit(world, 1, TELIT_SMS);
        telit_attach(world, 1, &scenarios[1]);
        world_start(world);
        for (unsigned i = 0; i < 7200 && !all_over(world); i++) {
                unsigned down = 0;

                (void) world_run(world, 2 * USEC_PER_SEC, NULL);
                for (size_t k = 0; k < 3; k++) {
                        const ModuleRecord *record = world_view(world, k).record;

                        down += record->unattended || record->state == STATE_INSTALLING ||
                                record->state == STATE_RESTARTING ||
                                record->state == STATE_CONFIRMING;
                }
                most = MAX_OF(most, down);
        }
        CHECK(all_over(world));
        CHECK_INT(most, 1);
        CHECK_INT(world_count_events(world, EVENT_INSTALL_SUCCEEDED), 3);
}

/* A module that came back a moment ago is not yet one to rely on. */
TEST(keep_online_counts_a_module_that_was_up_for_a_minute) {
        _cleanup_(world_freep) World *world = world_of(2);
        Verdict verdict;
        usec_t succeeded;

        world->settings.gateway.keep_online = 1;
        world_start(world);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, first_over));
        succeeded = event_at(world, 0, EVENT_INSTALL_SUCCEEDED, 0);
        while (!world_view(world, 0).reconciled || world_state(world, 0) == STATE_CONFIRMING)
                (void) world_run(world, USEC_PER_SEC, NULL);
        (void) world_run(world, 20 * USEC_PER_SEC, NULL);
        judge(world, 1, &verdict);
        CHECK_INT(verdict.because, RULE_KEEP_ONLINE);
        CHECK(verdict.next_change > world->now.realtime);
        CHECK(verdict.next_change <= world->now.realtime + USEC_PER_MINUTE);
        CHECK(world_run(world, 10 * USEC_PER_MINUTE, second_installs));
        CHECK_INT(world->now.realtime / USEC_PER_SEC, verdict.next_change / USEC_PER_SEC);
        CHECK(started(world, 1) >= succeeded + USEC_PER_MINUTE);
}

/* The first one downloads, and installs soon; the other one has to be online then. */
static World *world_kept_online(void) {
        World *world = world_of(2);

        world->settings.gateway.keep_online = 1;
        scenarios[1].n_packages = 0;
        world_start(world);
        while (world_state(world, 0) != STATE_DOWNLOADING)
                (void) world_run(world, USEC_PER_SEC, NULL);
        return world;
}

static void check_nobody_online(World *world) {
        Verdict verdict;

        CHECK(!world_run(world, 20 * USEC_PER_MINUTE, first_installs));
        CHECK(waits_for(world, 0, RULE_KEEP_ONLINE));
        judge(world, 0, &verdict);
        CHECK_STR(verdict.findings[RULE_KEEP_ONLINE].text, "0 other modules online, 1 must be");
}

/* No module tells that it lost the network: the other one is asked before this one goes down, and
 * whenever that waits. */
TEST(keep_online_is_asked_before_an_install_and_not_remembered) {
        _cleanup_(world_freep) World *world = world_kept_online();

        scenarios[1].radio.registered = false;
        check_nobody_online(world);

        scenarios[1].radio.registered = true;
        CHECK(world_run(world, 3 * USEC_PER_MINUTE, first_installs));
        CHECK(world_run(world, 2 * USEC_PER_HOUR, first_over));
        CHECK_INT(world_view(world, 0).last_job.outcome, OUTCOME_SUCCEEDED);
}

static bool is_second(void *userdata, size_t module, const char *bytes, size_t n) {
        (void) userdata;
        (void) bytes;
        (void) n;
        return module == 1;
}

TEST(keep_online_counts_no_module_that_does_not_answer) {
        _cleanup_(world_freep) World *world = world_kept_online();

        world->tap.to_module = is_second;
        check_nobody_online(world);

        world->tap.to_module = NULL;
        CHECK(world_run(world, 3 * USEC_PER_MINUTE, first_installs));
}

static void ignore_reply(void *userdata, bool ok, const char *const *lines, size_t n) {
        (void) userdata;
        (void) ok;
        (void) lines;
        (void) n;
}

/* It had stopped answering before anybody waited for it. */
TEST(keep_online_counts_no_module_that_was_found_silent) {
        _cleanup_(world_freep) World *world = world_kept_online();
        char why[WHY_MAX] = "";

        world->tap.to_module = is_second;
        gateway_turn(world->gateway, &world->now);
        CHECK(gateway_command(world->gateway, gateway_module(world->gateway, 1), "AT+CSQ",
                              ignore_reply, NULL, why) == ORDER_DONE);
        gateway_settle(world->gateway);
        check_nobody_online(world);

        world->tap.to_module = NULL;
        CHECK(world_run(world, 3 * USEC_PER_MINUTE, first_installs));
}

/* the module that carries the uplink */

static World *world_with_uplink(size_t n, const char *interface) {
        World *world = world_of(n);

        (void) TEXT_COPY(world->settings.gateway.uplink_module, "modem0");
        (void) TEXT_COPY(world->settings.gateway.other_interface, interface);
        world->settings.gateway.concurrent_installs = 1;
        return world;
}

TEST(uplink_module_goes_last_though_it_is_the_first_in_the_configuration) {
        _cleanup_(world_freep) World *world = world_with_uplink(3, "eth0");

        world_start(world);
        CHECK(world_run(world, 6 * USEC_PER_HOUR, all_over));
        CHECK_INT(world_count_events(world, EVENT_INSTALL_SUCCEEDED), 3);
        for (size_t i = 1; i < 3; i++)
                CHECK(started(world, 0) >= event_at(world, i, EVENT_INSTALL_SUCCEEDED, 0));
        CHECK(started(world, 1) < started(world, 2));
        CHECK_INT(world->n_proofs, 1);
        CHECK(event_at(world, 0, EVENT_PATH_ASKED, 0) <= started(world, 0));
}

static bool uplink_waits(World *world) {
        return world->gateway && waits_for(world, 0, RULE_UPLINK_PATH);
}

TEST(uplink_module_does_not_wait_for_one_that_waits_for_a_person) {
        _cleanup_(world_freep) World *world = world_with_uplink(2, "eth0");

        world->settings.modules[1].policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        world_start(world);
        CHECK(world_run(world, 2 * USEC_PER_HOUR, first_over));
        CHECK_INT(world_view(world, 0).last_job.outcome, OUTCOME_SUCCEEDED);
        CHECK_INT(world_state(world, 1), STATE_INSTALL_PENDING);
}

/* The other one's window opens before this one's closes. */
TEST(uplink_module_waits_for_one_that_comes_within_its_window) {
        _cleanup_(world_freep) World *world = world_with_uplink(2, "eth0");
        ActionPolicy *mine = &world->settings.modules[0].policy.actions[ACTION_INSTALL],
                     *other = &world->settings.modules[1].policy.actions[ACTION_INSTALL];
        Verdict verdict;

        mine->n_windows = other->n_windows = 1;
        CHECK_INT(window_parse("02:00-05:00", &mine->windows[0]), 0);
        CHECK_INT(window_parse("03:00-05:00", &other->windows[0]), 0);
        world_start(world);
        (void) world_run(world, 2 * USEC_PER_HOUR + 10 * USEC_PER_MINUTE, NULL);
        judge(world, 0, &verdict);
        CHECK_INT(verdict.because, RULE_UPLINK_PATH);
        CHECK_STR(verdict.findings[RULE_UPLINK_PATH].text,
                  "it carries the uplink and goes last: modem1 may install Mon 2026-11-23 03:00");
        CHECK_INT(verdict.next_change / USEC_PER_SEC, world->now.realtime / USEC_PER_SEC + 3000);
        CHECK(world_run(world, USEC_PER_HOUR, second_installs));
        CHECK(world_run(world, USEC_PER_HOUR, first_installs));
        CHECK(event_at(world, 1, EVENT_INSTALL_SUCCEEDED, 0) > 0);
}

TEST(uplink_module_does_not_wait_for_one_that_comes_after_its_window) {
        _cleanup_(world_freep) World *world = world_with_uplink(2, "eth0");
        ActionPolicy *mine = &world->settings.modules[0].policy.actions[ACTION_INSTALL],
                     *other = &world->settings.modules[1].policy.actions[ACTION_INSTALL];

        mine->n_windows = other->n_windows = 1;
        CHECK_INT(window_parse("02:00-05:00", &mine->windows[0]), 0);
        CHECK_INT(window_parse("06:00-08:00", &other->windows[0]), 0);
        world_start(world);
        CHECK(world_run(world, 2 * USEC_PER_HOUR + USEC_PER_MINUTE, first_installs));
}

/* The other one's deadline comes before its window, and asks: only a person can say yes to it. Once
 * he has, it is the window that counts. */
TEST(uplink_module_does_not_wait_for_one_whose_deadline_asks) {
        _cleanup_(world_freep) World *world = world_with_uplink(2, "eth0");
        ActionPolicy *mine = &world->settings.modules[0].policy.actions[ACTION_INSTALL],
                     *other = &world->settings.modules[1].policy.actions[ACTION_INSTALL];
        Verdict verdict;

        mine->n_windows = other->n_windows = 1;
        CHECK_INT(window_parse("02:00-05:00", &mine->windows[0]), 0);
        CHECK_INT(window_parse("04:00-06:00", &other->windows[0]), 0);
        other->deadline = 3 * USEC_PER_HOUR;
        other->on_deadline = DEADLINE_ASK;
        world_start(world);
        (void) world_run(world, USEC_PER_HOUR + 50 * USEC_PER_MINUTE, NULL);
        CHECK_INT(world_state(world, 1), STATE_INSTALL_PENDING);
        judge(world, 0, &verdict);
        CHECK_STR(verdict.findings[RULE_UPLINK_PATH].text,
                  "it carries the uplink: a report must get out through eth0 first");
        order(world, 1, ORDER_ACCEPT, ACTION_INSTALL);
        judge(world, 0, &verdict);
        CHECK_STR(verdict.findings[RULE_UPLINK_PATH].text,
                  "it carries the uplink and goes last: modem1 may install Mon 2026-11-23 04:00");
        CHECK(!world_run(world, 2 * USEC_PER_HOUR, first_installs));
        CHECK(world_run(world, USEC_PER_HOUR, second_installs));
}

/* Its last update failed, and its server has another one. */
TEST(uplink_module_does_not_wait_for_one_whose_last_update_failed) {
        _cleanup_(world_freep) World *world = world_with_uplink(2, "eth0");
        ActionPolicy *mine = &world->settings.modules[0].policy.actions[ACTION_INSTALL],
                     *other = &world->settings.modules[1].policy.actions[ACTION_INSTALL];

        mine->n_windows = other->n_windows = 1;
        CHECK_INT(window_parse("02:00-05:00", &mine->windows[0]), 0);
        CHECK_INT(window_parse("03:00-05:00", &other->windows[0]), 0);
        scenarios[1].n_packages = 2;
        scenarios[1].packages[1] = scenarios[1].packages[0];
        scenarios[1].packages[0].result = SIM_RESULT_CORRUPT;
        world_start(world);
        (void) world_run(world, USEC_PER_HOUR, NULL);
        CHECK_INT(world_view(world, 1).last_job.outcome, OUTCOME_FAILED);
        CHECK_INT(world_state(world, 1), STATE_INSTALL_PENDING);
        CHECK(world_run(world, USEC_PER_HOUR + USEC_PER_MINUTE, first_installs));
}

TEST(uplink_module_without_another_path_wants_a_person) {
        _cleanup_(world_freep) World *world = world_with_uplink(2, "");
        Verdict verdict;

        world_start(world);
        CHECK(!world_run(world, USEC_PER_DAY, first_over));
        judge(world, 0, &verdict);
        CHECK_INT(verdict.because, RULE_UPLINK_PATH);
        CHECK(strstr(verdict.findings[RULE_UPLINK_PATH].text, "waiting for a person"));
        check_wants_yes(world, 0, RULE_UPLINK_PATH);
        CHECK_INT(world->n_proofs, 0);
        order(world, 0, ORDER_ACCEPT, ACTION_INSTALL);
        CHECK(world_run(world, USEC_PER_MINUTE, first_installs));
        CHECK_STR(gateway_other_path(world->gateway), "");
}

/* The path does not work: asked for again and again, ever less often, and said so. */
TEST(uplink_module_waits_for_a_path_that_works) {
        _cleanup_(world_freep) World *world = world_with_uplink(1, "eth0");
        Verdict verdict;

        world->proof_problem = "Connection timed out";
        world_start(world);
        CHECK(world_run(world, USEC_PER_HOUR, uplink_waits));
        (void) world_run(world, USEC_PER_HOUR, NULL);
        CHECK(world->n_proofs >= 5 && world->n_proofs <= 9);
        judge(world, 0, &verdict);
        CHECK(strstr(verdict.findings[RULE_UPLINK_PATH].text,
                     "no report gets out through eth0: Connection timed out; next try"));
        CHECK(verdict.next_change < world->now.realtime + 16 * USEC_PER_MINUTE);
        order(world, 0, ORDER_ACCEPT, ACTION_INSTALL); /* a person is no path */
        CHECK(!world_run(world, USEC_PER_HOUR, first_installs));
        world->proof_problem = NULL;
        CHECK(world_run(world, 16 * USEC_PER_MINUTE, first_installs));
}

/* The uplink never says what came of it. */
TEST(uplink_module_asks_again_when_nobody_answers) {
        _cleanup_(world_freep) World *world = world_with_uplink(1, "eth0");

        world->proof_silent = true;
        world_start(world);
        CHECK(world_run(world, USEC_PER_HOUR, uplink_waits));
        (void) world_run(world, 10 * USEC_PER_MINUTE, NULL);
        CHECK(world->n_proofs >= 2 && world->n_proofs <= 4);
        CHECK(!first_installs(world));
}

/* No report leaves: to ask for a proof all the same was an event each quarter of an hour. */
TEST(uplink_module_asks_for_no_proof_before_the_clock_is_trusted) {
        _cleanup_(world_freep) World *world = world_with_uplink(1, "eth0");

        world->settings.gateway.trusted_time = TRUSTED_TIME_SYNCHRONIZED;
        world_start(world);
        CHECK(world_run(world, USEC_PER_HOUR, uplink_waits));
        CHECK(!world_run(world, USEC_PER_HOUR, first_installs));
        CHECK_INT(world->n_proofs, 0);
        gateway_turn(world->gateway, &world->now);
        gateway_clock_synchronized(world->gateway, true, "");
        gateway_settle(world->gateway);
        CHECK(world_run(world, 2 * USEC_PER_MINUTE, first_installs));
        CHECK_INT(world->n_proofs, 1);
}

static bool is_proof_asked(World *world) {
        return world->n_proofs > 0;
}

static bool is_path_proven(World *world) {
        Verdict verdict;

        judge(world, 0, &verdict);
        return verdict.findings[RULE_UPLINK_PATH].passes;
}

TEST(proof_of_one_path_is_none_of_another) {
        _cleanup_(world_freep) World *world = world_with_uplink(1, "eth0");
        Settings same, other;

        world->proof_silent = true;
        world_start(world);
        CHECK(world_run(world, USEC_PER_HOUR, is_proof_asked));
        gateway_turn(world->gateway, &world->now);
        gateway_path_answered(world->gateway, "eth0", true, "");
        CHECK(is_path_proven(world));
        same = other = world->settings;
        CHECK_INT(gateway_reload(world->gateway, &same), 0);
        CHECK(is_path_proven(world));
        (void) TEXT_COPY(other.gateway.other_interface, "eth1");
        CHECK_INT(gateway_reload(world->gateway, &other), 0);
        CHECK(!is_path_proven(world));
}

static bool is_other_path_free(World *world) {
        return world->gateway && gateway_other_path(world->gateway)[0] == '\0';
}

/* From the grant until the module is on the network again, also over a restart of fotad. */
TEST(reports_take_the_other_path_until_the_module_is_back) {
        _cleanup_(world_freep) World *world = world_with_uplink(1, "eth0");

        world->proof_silent = true;
        world_start(world);
        CHECK(world_run(world, USEC_PER_HOUR, uplink_waits));
        CHECK_STR(gateway_other_path(world->gateway), "");
        world->proof_silent = false;
        CHECK(world_run(world, USEC_PER_HOUR, first_installs));
        (void) world_run(world, USEC_PER_SEC, NULL);
        CHECK_STR(gateway_other_path(world->gateway), "eth0");
        world_kill(world);
        world_start(world);
        (void) world_run(world, USEC_PER_SEC, NULL);
        CHECK_STR(gateway_other_path(world->gateway), "eth0");
        CHECK(world_run(world, USEC_PER_HOUR, is_other_path_free));
        CHECK(first_over(world) && module_is_up(gateway_module(world->gateway, 0)));
}

/* a registration over TCP, which cuts connections */

#define REGISTER "AT#OTASNAIP=9090,\"203.0.113.5\""

static World *world_with_telit_uplink(size_t n, Decision install) {
        World *world = world_with_uplink(n, "eth0");

        telit_scenario_init(&scenarios[0], TELIT_TCP);
        world_use_telit(world, 0, TELIT_TCP);
        world->settings.modules[0].policy.actions[ACTION_INSTALL].decision = install;
        telit_attach(world, 0, &scenarios[0]);
        return world;
}

static bool is_registered(World *world) {
        return world->gateway &&
               world_view(world, 0).record->registration.state == REGISTRATION_DONE;
}

TEST(keep_online_is_asked_before_a_registration) {
        _cleanup_(world_freep) World *world = world_with_telit_uplink(2, DECISION_ASK);
        unsigned asked;

        world->settings.gateway.uplink_module[0] = '\0';
        world->settings.gateway.keep_online = 1;
        scenarios[1].n_packages = 0;
        world_start(world);
        (void) world_run(world, 10 * USEC_PER_MINUTE, NULL);
        (void) world_run(world, USEC_PER_HOUR, NULL);
        scenarios[1].radio.registered = false;
        order(world, 0, ORDER_REGISTER, ACTION_CONNECT);
        (void) world_run(world, 10 * USEC_PER_MINUTE, NULL);
        CHECK_INT(world_count_wire(world, 0, REGISTER), 0);
        world->modules[0].unplugged = true;
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        asked = world_count_wire(world, 1, "AT+CSQ");
        (void) world_run(world, 10 * USEC_PER_MINUTE, NULL);
        CHECK_INT(world_count_wire(world, 1, "AT+CSQ"), asked); /* nobody is there who waits */
        world->modules[0].unplugged = false;
        scenarios[1].radio.registered = true;
        CHECK(world_run(world, 3 * USEC_PER_MINUTE, is_registered));
        CHECK(world_count_wire(world, 1, "AT+CSQ") > asked);
}

TEST(uplink_module_registers_once_a_report_got_out_another_way) {
        _cleanup_(world_freep) World *world = world_with_telit_uplink(1, DECISION_ACCEPT);

        world->proof_problem = "no route";
        world_start(world);
        (void) world_run(world, 10 * USEC_PER_MINUTE, NULL);
        CHECK(world->n_proofs >= 2 && world->n_proofs <= 5);
        CHECK_INT(world_count_wire(world, 0, REGISTER), 0);
        world->proof_problem = NULL;
        CHECK(world_run(world, 16 * USEC_PER_MINUTE, is_registered));
        CHECK_INT(world_count_wire(world, 0, REGISTER), 1);
}

TEST(uplink_module_registers_when_a_person_orders_it_and_says_what_it_waits_for) {
        _cleanup_(world_freep) World *world = world_with_telit_uplink(1, DECISION_ASK);

        world->proof_problem = "no route";
        world_start(world);
        (void) world_run(world, USEC_PER_HOUR, NULL);
        CHECK_INT(world->n_proofs, 0);
        order(world, 0, ORDER_REGISTER, ACTION_CONNECT);
        (void) world_run(world, USEC_PER_SEC, NULL);
        CHECK_INT(world->n_proofs, 1);
        CHECK_INT(world_count_events(world, EVENT_PATH_ASKED), 1);
        CHECK(strstr(world_next(world, 0), "its registration: it carries the uplink, and no report "
                                           "gets out through eth0: no route"));
        CHECK_INT(world_count_wire(world, 0, REGISTER), 0);
        world->proof_problem = NULL;
        CHECK(world_run(world, 2 * USEC_PER_MINUTE, is_registered));
        CHECK_INT(world_count_wire(world, 0, REGISTER), 1);
}

/* The update waits for the registration, and the registration for the proof. */
TEST(uplink_module_registers_while_its_update_waits_for_that) {
        _cleanup_(world_freep) World *world = world_with_telit_uplink(1, DECISION_ACCEPT);

        world->proof_problem = "no route";
        world_start(world);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        gateway_turn(world->gateway, &world->now);
        gateway_module(world->gateway, 0)->record.registration.doubtful = true; /* SIM swapped */
        order(world, 0, ORDER_UPDATE, ACTION_INSTALL);
        CHECK(waits_for(world, 0, RULE_PREREQUISITE));
        world->proof_problem = NULL;
        CHECK(world_run(world, 5 * USEC_PER_MINUTE, is_registered));
        CHECK(world_run(world, 2 * USEC_PER_HOUR, first_over));
        CHECK_INT(world_view(world, 0).last_job.outcome, OUTCOME_SUCCEEDED);
}

/* It may install before long, and yet has not to go first. */
TEST(uplink_module_registers_before_others_install) {
        _cleanup_(world_freep) World *world = world_with_telit_uplink(2, DECISION_ASK);
        ActionPolicy *other = &world->settings.modules[1].policy.actions[ACTION_INSTALL];

        other->n_windows = 1;
        CHECK_INT(window_parse("00:30-05:00", &other->windows[0]), 0);
        world_start(world);
        (void) world_run(world, 10 * USEC_PER_MINUTE, NULL);
        order(world, 0, ORDER_REGISTER, ACTION_CONNECT);
        CHECK(world_run(world, USEC_PER_MINUTE, is_registered));
        CHECK_INT(world_state(world, 1), STATE_INSTALL_PENDING);
}

/* It changes no firmware. */
TEST(registration_does_not_wait_for_others_of_its_family_to_prove_themselves) {
        _cleanup_(world_freep) World *world = world_with_telit_uplink(2, DECISION_ASK);

        world->settings.gateway.soak = SOAK;
        telit_scenario_init(&scenarios[1], TELIT_SMS);
        identity_vary(&scenarios[1], 0, 1);
        scenarios[1].packages[0].result = SIM_RESULT_CORRUPT;
        world_use_telit(world, 1, TELIT_SMS);
        telit_attach(world, 1, &scenarios[1]);
        world_start(world);
        (void) world_run(world, USEC_PER_HOUR, NULL);
        CHECK_INT(world_view(world, 1).last_job.outcome, OUTCOME_FAILED);
        order(world, 0, ORDER_REGISTER, ACTION_CONNECT);
        CHECK(world_run(world, USEC_PER_MINUTE, is_registered));
}

/* the clock */

TEST(windows_wait_for_a_synchronized_clock) {
        _cleanup_(world_freep) World *world = world_of(1);
        ActionPolicy *policy = &world->settings.modules[0].policy.actions[ACTION_INSTALL];
        Verdict verdict;

        policy->n_windows = 1;
        CHECK_INT(window_parse("00:00-23:00", &policy->windows[0]), 0);
        world->settings.gateway.trusted_time = TRUSTED_TIME_SYNCHRONIZED;
        world_start(world);
        CHECK(!world_run(world, 3 * USEC_PER_HOUR, first_installs));
        CHECK(!gateway_reports_allowed(world->gateway));
        gateway_clock_synchronized(world->gateway, false, "NTP has not set it");
        judge(world, 0, &verdict);
        CHECK_INT(verdict.because, RULE_CLOCK);
        CHECK_STR(verdict.findings[RULE_CLOCK].text,
                  "the clock is not trusted yet: windows stay closed; NTP has not set it");
        gateway_turn(world->gateway, &world->now);
        gateway_clock_synchronized(world->gateway, true, "");
        gateway_settle(world->gateway);
        CHECK(gateway_reports_allowed(world->gateway));
        CHECK(world_run(world, USEC_PER_MINUTE, first_installs));
}

/* While nobody asked timedated, the clock may have been set. */
TEST(synchronized_clock_is_asked_for_anew_after_another_setting) {
        _cleanup_(world_freep) World *world = world_of(1);
        Settings plausible = world->settings, synchronized = world->settings;

        synchronized.gateway.trusted_time = TRUSTED_TIME_SYNCHRONIZED;
        world->settings = synchronized;
        world_start(world);
        gateway_turn(world->gateway, &world->now);
        gateway_clock_synchronized(world->gateway, true, "");
        CHECK(gateway_reports_allowed(world->gateway));
        CHECK_INT(gateway_reload(world->gateway, &synchronized), 0);
        CHECK(gateway_reports_allowed(world->gateway));
        CHECK_INT(gateway_reload(world->gateway, &plausible), 0);
        CHECK_INT(gateway_reload(world->gateway, &synchronized), 0);
        CHECK(!gateway_reports_allowed(world->gateway));
        gateway_clock_synchronized(world->gateway, true, "");
        CHECK(gateway_reports_allowed(world->gateway));
}

/* The gateway is moved to another zone: where it is four o'clock now, the window is open. */
TEST(windows_follow_the_time_zone_of_the_gateway) {
        _cleanup_(world_freep) World *world = world_of(1);
        ActionPolicy *policy = &world->settings.modules[0].policy.actions[ACTION_INSTALL];
        Verdict verdict;

        policy->n_windows = 1;
        CHECK_INT(window_parse("02:00-06:00", &policy->windows[0]), 0);
        world_start(world);
        CHECK(!world_run(world, USEC_PER_HOUR, first_installs));
        gateway_turn(world->gateway, &world->now);
        (void) setenv("TZ", "EAT-3", 1);
        gateway_zone_changed(world->gateway); /* in the same second */
        gateway_turn(world->gateway, &world->now);
        judge(world, 0, &verdict);
        CHECK(verdict.findings[RULE_WINDOW].passes);
        gateway_settle(world->gateway);
        CHECK(world_run(world, USEC_PER_MINUTE, first_installs));
        (void) setenv("TZ", "UTC", 1);
}

static bool first_waits(World *world) {
        return world->gateway && world_state(world, 0) == STATE_INSTALL_PENDING;
}

/* Without windows it is good for a day, though the clock says that the day has not begun. */
TEST(a_yes_ends_though_the_clock_is_set_back) {
        _cleanup_(world_freep) World *world = world_of(1);
        const InhibitorRow backup = { .actions = 1U << ACTION_INSTALL,
                                      .who = "backup",
                                      .why = "a test",
                                      .by = "test (uid 0)" };
        char why[WHY_MAX];

        world->settings.modules[0].policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        world_start(world);
        CHECK(world_run(world, USEC_PER_HOUR, first_waits));
        CHECK_INT(world_inhibit(world, &backup, why), 0);
        order(world, 0, ORDER_ACCEPT, ACTION_INSTALL);
        world->now.realtime -= 300 * USEC_PER_DAY;
        (void) world_run(world, 23 * USEC_PER_HOUR, NULL);
        CHECK(world_view(world, 0).consent_counts);
        (void) world_run(world, 2 * USEC_PER_HOUR, NULL);
        CHECK(!world_view(world, 0).consent_counts);
        CHECK(world_release(world, "backup"));
        CHECK(!world_run(world, USEC_PER_HOUR, first_installs));
}

TEST_MAIN()
