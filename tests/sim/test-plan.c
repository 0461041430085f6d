/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What fotad says that it is going to do, against what it then does, in simulated time: the
 * earliest moment of `explain`, and the rows of `plan`. */

#include <stdlib.h>

#include "core/plan.h"
#include "fotasim/identity.h"
#include "sim/telit.h"
#include "sim/world.h"
#include "test.h"

#define FROM "BHL7800.1.6.3.0.20180803"
#define TO "THL7800.1.6.3.0.99.20180803"

static ActionPolicy *install_of(World *world, size_t module) {
        return &world->settings.modules[module].policy.actions[ACTION_INSTALL];
}

static SimScenario scenarios[2]; /* borrowed by the modules */

/* Downloads are accepted; installs in this window. */
static World *two_modules(const char *window) {
        World *world = world_new(2);

        world->settings.gateway.concurrent_installs = 1;
        for (unsigned i = 0; i < 2; i++) {
                ActionPolicy *install = install_of(world, i);
                SimScenario *scenario = &scenarios[i];

                sim_scenario_init(scenario);
                identity_vary(scenario, 0, i);
                (void) TEXT_COPY(scenario->firmware, FROM);
                scenario->n_packages = 1;
                scenario->packages[0] =
                        (SimPlannedPackage) { .bytes = 1464, .to = TO, .result = SIM_RESULT_OK };

                world->settings.modules[i].policy.actions[ACTION_DOWNLOAD].decision =
                        DECISION_ACCEPT;
                install->decision = DECISION_ACCEPT;
                install->n_windows = window_parse(window, &install->windows[0]) == 0;
                world_attach(world, i, scenario, i + 1);
        }
        return world;
}

static bool are_idle(World *world) {
        return world_state(world, 0) == STATE_IDLE && world_view(world, 0).reconciled &&
               world_state(world, 1) == STATE_IDLE && world_view(world, 1).reconciled;
}

static bool do_ask(World *world) {
        return world_state(world, 0) == STATE_INSTALL_PENDING &&
               world_state(world, 1) == STATE_INSTALL_PENDING &&
               world_view(world, 0).record->request.open &&
               world_view(world, 1).record->request.open;
}

static void order(World *world, size_t module, OrderKind kind, bool now) {
        const Order what = {
                .kind = kind, .action = ACTION_INSTALL, .now = now, .who = "test (uid 0)"
        };
        char why[WHY_MAX];

        gateway_turn(world->gateway, &world->now);
        CHECK_INT(gateway_order(world->gateway, gateway_module(world->gateway, module), &what, NULL,
                                why),
                  ORDER_DONE);
}

static void start(World *world) {
        world_start(world);
        CHECK(world_run(world, 5 * USEC_PER_MINUTE, are_idle));
        order(world, 0, ORDER_UPDATE, false);
        order(world, 1, ORDER_UPDATE, false);
        CHECK(world_run(world, USEC_PER_HOUR, do_ask));
        (void) world_run(world, USEC_PER_MINUTE, NULL);
}

static Forecast forecast_of(World *world, size_t module, Action action) {
        Forecast forecast;

        gateway_turn(world->gateway, &world->now);
        gateway_forecast(world->gateway, gateway_module(world->gateway, module), action, &forecast);
        return forecast;
}

static Plan *plan_of(World *world) {
        static Plan plan;

        gateway_turn(world->gateway, &world->now);
        gateway_outlook(world->gateway, &plan);
        if (getenv("VERBOSE"))
                for (size_t i = 0; i < plan.n; i++)
                        printf("    %llu %s %s %d: %s (%s)\n",
                               (unsigned long long) (plan.rows[i].at / USEC_PER_SEC),
                               module_name(plan.rows[i].module),
                               plan_kind_to_string(plan.rows[i].kind), plan.rows[i].sure,
                               plan.rows[i].text, plan.rows[i].depends);
        return &plan;
}

static const PlanRow *row_of(const Plan *plan, const char *module, PlanKind kind) {
        for (size_t i = 0; i < plan->n; i++)
                if (plan->rows[i].kind == kind && streq(module_name(plan->rows[i].module), module))
                        return &plan->rows[i];
        return NULL;
}

/* Realtime of the grant of an install, 0 none. */
static usec_t granted(const World *world, const char *module) {
        for (size_t i = 0; i < world->n_events; i++)
                if (world->events[i].kind == EVENT_AGREEMENT_ACCEPTED &&
                    streq(world->events[i].module, module) &&
                    strstr(world->events[i].details, "action=install"))
                        return world->events[i].realtime;
        return 0;
}

static bool is_first_granted(World *world) {
        return granted(world, "modem0") != 0;
}
static bool is_second_granted(World *world) {
        return granted(world, "modem1") != 0;
}

TEST(plan_tells_once_that_a_person_must_say_yes) {
        _cleanup_(world_freep) World *world = two_modules("Wed 02:00-05:00");
        ActionPolicy *rules = &world->settings.modules[0].policy.actions[ACTION_INSTALL];
        const Plan *plan;

        rules->decision = DECISION_DEFER;
        rules->deadline = 2 * USEC_PER_HOUR;
        rules->on_deadline = DEADLINE_ASK;
        start(world);
        plan = plan_of(world);
        CHECK(row_of(plan, "modem0", PLAN_GRANT));
        for (size_t i = 0; i < plan->n; i++)
                CHECK(!strstr(plan->rows[i].depends, "yes; a person's yes"));
}

/* The deadline of the install is none for the download, and the module has one question. */
TEST(plan_promises_no_deadline_while_another_yes_is_missing) {
        _cleanup_(world_freep) World *world = two_modules("00:00-24:00");
        ActionPolicy *actions = world->settings.modules[0].policy.actions;

        telit_scenario_init(&scenarios[0], TELIT_TCP);
        world_use_telit(world, 0, TELIT_TCP);
        telit_attach(world, 0, &scenarios[0]);
        actions[ACTION_INSTALL].decision = actions[ACTION_DOWNLOAD].decision = DECISION_ASK;
        actions[ACTION_INSTALL].deadline = 2 * USEC_PER_HOUR;
        world_start(world);
        CHECK(world_run(world, 10 * USEC_PER_MINUTE, are_idle));
        order(world, 0, ORDER_UPDATE, false);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        CHECK(world_view(world, 0).record->request.open);
        CHECK(!row_of(plan_of(world), "modem0", PLAN_DEADLINE));
        actions[ACTION_DOWNLOAD].deadline = 2 * USEC_PER_HOUR;
        CHECK(row_of(plan_of(world), "modem0", PLAN_DEADLINE));
}

/* Without his order the window opens in vain. */
TEST(plan_of_a_session_names_the_order_that_opens_it) {
        _cleanup_(world_freep) World *world = two_modules("Wed 02:00-05:00");
        const PlanRow *row;

        for (size_t i = 0; i < 2; i++) {
                ModuleSettings *settings = &world->settings.modules[i];
                ActionPolicy *connect = &settings->policy.actions[ACTION_CONNECT];

                settings->session_mode = SESSION_ALWAYS;
                connect->decision = i == 0 ? DECISION_ASK : DECISION_ACCEPT;
                connect->n_windows = window_parse("03:00-04:00", &connect->windows[0]) == 0;
        }
        world_start(world);
        CHECK(world_run(world, 5 * USEC_PER_MINUTE, are_idle));
        (void) world_run(world, USEC_PER_HOUR, NULL);
        row = row_of(plan_of(world), "modem0", PLAN_SESSION);
        CHECK(row && row->at > world->now.realtime + USEC_PER_HOUR);
        CHECK(row && streq(row->depends, "the network; 'fotactl connect modem0'"));
        row = row_of(plan_of(world), "modem1", PLAN_SESSION);
        CHECK(row && row->at > world->now.realtime + USEC_PER_HOUR);
        CHECK(row && streq(row->depends, "the network"));
        order(world, 0, ORDER_CONNECT, false);
        row = row_of(plan_of(world), "modem0", PLAN_SESSION);
        CHECK(row && streq(row->depends, "the network"));
}

TEST(plan_promises_the_moment_at_which_it_happens) {
        _cleanup_(world_freep) World *world = two_modules("Wed 02:00-05:00");
        Forecast forecast;
        const PlanRow *row;
        const Plan *plan;

        start(world);
        forecast = forecast_of(world, 0, ACTION_INSTALL);
        CHECK_INT(forecast.needs, 0);
        plan = plan_of(world);
        row = row_of(plan, "modem0", PLAN_GRANT);
        CHECK(row && row->sure);
        CHECK_INT(row->at, forecast.at);
        CHECK_STR(row->action, "install");
        row = row_of(plan, "modem0", PLAN_WINDOW_OPENS);
        CHECK(row && row->sure && row->at == forecast.at);
        row = row_of(plan, "modem1", PLAN_GRANT);
        CHECK(row && !row->sure);
        CHECK_STR(row->depends, "the install of modem0 to end");
        for (size_t i = 1; i < plan->n; i++)
                CHECK(plan->rows[i].at == 0 || plan->rows[i - 1].at <= plan->rows[i].at);
        CHECK(world_run(world, 7 * USEC_PER_DAY, is_first_granted));
        CHECK(granted(world, "modem0") >= forecast.at);
        CHECK(granted(world, "modem0") < forecast.at + USEC_PER_SEC);
        CHECK_INT(granted(world, "modem1"), 0);
        CHECK(world_run(world, USEC_PER_HOUR, is_second_granted));
        CHECK(granted(world, "modem1") > granted(world, "modem0"));
}

TEST(plan_names_what_a_person_must_do) {
        _cleanup_(world_freep) World *world = two_modules("Wed 02:00-05:00");
        Forecast before, after;
        const PlanRow *row;

        install_of(world, 0)->decision = DECISION_ASK;
        start(world);
        before = forecast_of(world, 0, ACTION_INSTALL);
        row = row_of(plan_of(world), "modem0", PLAN_GRANT);
        CHECK(row && !row->sure);
        CHECK_STR(row->depends, "a person's yes");
        CHECK(strstr(world_next(world, 0), "your answer"));
        CHECK(strstr(world_next(world, 1), "Wed 02:00: the install window opens"));
        order(world, 0, ORDER_ACCEPT, false);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        after = forecast_of(world, 0, ACTION_INSTALL);
        CHECK_INT(after.at, before.at);
        CHECK_INT(after.at, before.consented);
        CHECK_INT(after.needs, 0);
        row = row_of(plan_of(world), "modem0", PLAN_GRANT);
        CHECK(row && row->sure);
        row = row_of(plan_of(world), "modem0", PLAN_CONSENT_ENDS);
        CHECK(row && row->at == before.at + 3 * USEC_PER_HOUR + USEC_PER_DAY);
        CHECK(world_run(world, 7 * USEC_PER_DAY, is_first_granted));
        CHECK(granted(world, "modem0") >= after.at);
        CHECK(granted(world, "modem0") < after.at + USEC_PER_SEC);
}

TEST(plan_tells_deadlines_and_deferrals) {
        _cleanup_(world_freep) World *world = two_modules("Wed 02:00-05:00");
        const PlanRow *row;
        Forecast forecast;
        Plan *plan;

        install_of(world, 0)->decision = DECISION_ASK;
        install_of(world, 0)->deadline = 3 * USEC_PER_DAY;
        install_of(world, 0)->on_deadline = DEADLINE_FORCE;
        start(world);
        order(world, 1, ORDER_DEFER, false);
        (void) world_run(world, USEC_PER_SEC, NULL);
        plan = plan_of(world);
        row = row_of(plan, "modem0", PLAN_DEADLINE);
        CHECK(row && row->sure);
        CHECK_STR(row->text,
                  "the deadline of the install is over: from then on it is accepted, windows or "
                  "not");
        forecast = forecast_of(world, 0, ACTION_INSTALL);
        CHECK_INT(forecast.at, row->at);
        CHECK(forecast.consented < forecast.at);
        CHECK(strstr(world_next(world, 0), "your answer")); /* it would be sooner */
        row = row_of(plan, "modem1", PLAN_DEFERRAL_ENDS);
        CHECK(row && row->sure);
        CHECK(world_run(world, 7 * USEC_PER_DAY, is_first_granted));
        CHECK(granted(world, "modem0") >= forecast.at);
        CHECK(granted(world, "modem0") < forecast.at + USEC_PER_SEC);
}

static void check_needs(const char *depends, Rule rule, World *world) {
        const Forecast forecast = forecast_of(world, 0, ACTION_INSTALL);
        const PlanRow *row = row_of(plan_of(world), "modem0", PLAN_GRANT);

        CHECK_INT(forecast.at, world->now.realtime);
        CHECK_INT(forecast.needs, (RuleSet) 1 << rule);
        CHECK(row && !row->sure);
        if (!row)
                return;
        CHECK_INT(row->at, forecast.at);
        CHECK_STR(row->text, "install is accepted");
        CHECK_STR(row->depends, depends);
}

static Verdict verdict_of(World *world, size_t module, Action action) {
        Verdict verdict;

        gateway_turn(world->gateway, &world->now);
        gateway_judge(world->gateway, gateway_module(world->gateway, module), action, &verdict);
        return verdict;
}

/* Its owner goes long before its time is over. */
TEST(plan_promises_no_end_of_an_inhibitor) {
        _cleanup_(world_freep) World *world = two_modules("00:00-24:00");
        const InhibitorRow row = { .actions = 1U << ACTION_INSTALL,
                                   .span = 5 * USEC_PER_HOUR,
                                   .who = "rsync",
                                   .why = "a backup" };
        char why[WHY_MAX];

        world_start(world);
        CHECK(world_run(world, 5 * USEC_PER_MINUTE, are_idle));
        CHECK_INT(world_inhibit(world, &row, why), 0);
        order(world, 0, ORDER_UPDATE, false);
        order(world, 1, ORDER_UPDATE, false);
        CHECK(world_run(world, USEC_PER_HOUR, do_ask));
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        check_needs("rsync to let go (a backup), by Mon 2026-11-23 05:01 at the latest",
                    RULE_INHIBITOR, world);
        CHECK(strstr(world_next(world, 0), "inhibited until Mon 2026-11-23 05:00 by rsync"));
        CHECK(world_release(world, "rsync"));
        CHECK(world_run(world, USEC_PER_MINUTE, is_first_granted));
}

static bool is_refused(World *world) {
        return world_view(world, 0).record->answer.kind == ANSWER_REFUSED;
}

/* It was put off, somebody said yes, and it takes no answer before it asks again. */
TEST(plan_waits_for_a_module_that_takes_no_early_answer) {
        _cleanup_(world_freep) World *world = two_modules("00:00-24:00");
        const PlanRow *row;
        usec_t until;

        install_of(world, 0)->decision = install_of(world, 1)->decision = DECISION_DEFER;
        scenarios[0].early_answer = scenarios[1].early_answer = SIM_ANSWER_ERROR;
        start(world);
        order(world, 0, ORDER_ACCEPT, false);
        CHECK(world_run(world, USEC_PER_MINUTE, is_refused));
        until = world_view(world, 0).record->answer.until_realtime;
        check_needs("the module to ask again, by Mon 2026-11-23 00:31 at the latest", RULE_MODULE,
                    world);
        CHECK(strstr(world_next(world, 0), "install deferred, asked again Mon 00:30"));
        row = row_of(plan_of(world), "modem0", PLAN_ASKED_AGAIN);
        CHECK(row && row->sure);
        CHECK(row && row->at == until);
        CHECK_STR(verdict_of(world, 0, ACTION_INSTALL).findings[RULE_MODULE].text,
                  "it takes no answer until it asks again, Mon 2026-11-23 00:31 at the latest");
        CHECK_INT(verdict_of(world, 0, ACTION_DOWNLOAD).kind, VERDICT_ACCEPT); /* not asked for */
        CHECK(world_run(world, 31 * USEC_PER_MINUTE, is_first_granted));
}

TEST(plan_says_what_is_wrong_with_the_module) {
        _cleanup_(world_freep) World *world = two_modules("00:00-24:00");
        const InhibitorRow row = { .actions = 1U << ACTION_INSTALL,
                                   .who = "rsync",
                                   .why = "a backup" };
        char why[WHY_MAX];
        Verdict verdict;

        world_start(world);
        verdict = verdict_of(world, 0, ACTION_DOWNLOAD);
        CHECK_INT(verdict.because, RULE_MODULE);
        CHECK(world_run(world, 5 * USEC_PER_MINUTE, are_idle));
        CHECK_STR(verdict_of(world, 0, ACTION_DOWNLOAD).findings[RULE_MODULE].text,
                  "it is there and answers");
        CHECK_INT(world_inhibit(world, &row, why), 0);
        order(world, 0, ORDER_UPDATE, false);
        order(world, 1, ORDER_UPDATE, false);
        CHECK(world_run(world, USEC_PER_HOUR, do_ask));
        CHECK(world_release(world, "rsync"));
        CHECK(world_run(world, USEC_PER_MINUTE, is_first_granted));
        (void) world_run(world, 2 * USEC_PER_SEC, NULL);
        verdict = verdict_of(world, 0, ACTION_CONNECT);
        CHECK_STR(verdict.findings[RULE_MODULE].text,
                  "it installs: nothing is said to it until then");
        world->modules[1].unplugged = true;
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        verdict = verdict_of(world, 1, ACTION_DOWNLOAD);
        CHECK_INT(verdict.kind, VERDICT_HOLD);
        CHECK_STR(verdict.findings[RULE_MODULE].text, "its port is not there: /dev/sim1");
}

TEST(plan_of_idle_modules_tells_what_would_be) {
        _cleanup_(world_freep) World *world = two_modules("Wed 02:00-05:00");
        const PlanRow *row;
        Plan *plan;

        world_start(world);
        CHECK(world_run(world, 5 * USEC_PER_MINUTE, are_idle));
        plan = plan_of(world);
        CHECK(!row_of(plan, "modem0", PLAN_GRANT));
        row = row_of(plan, "modem0", PLAN_WOULD);
        CHECK(row && !row->sure);
        CHECK_STR(row->action, "download");
        CHECK_STR(row->depends, "the server offering one");
        gateway_verdicts(world->gateway, world->now.realtime + 30 * USEC_PER_MINUTE, plan);
        CHECK_INT(plan->n, 2);
        CHECK_STR(plan->rows[0].text, "install would not be accepted");
        CHECK(!plan->rows[0].sure);
        CHECK(text_starts_with(plan->rows[0].depends, "window: window Wed 02:00-05:00: closed"));
        /* fotad starts on a Monday at 00:00 */
        gateway_verdicts(world->gateway, world->now.realtime + 2 * USEC_PER_DAY + 3 * USEC_PER_HOUR,
                         plan);
        CHECK_STR(plan->rows[0].text, "install would be accepted");
        CHECK(plan->rows[0].sure);
        CHECK_STR(plan->rows[0].depends, "somebody asking for it");
}

static bool does_report(World *world) {
        const WorldEvent *last = &world->events[world->n_events - 1];

        return last->kind == EVENT_AGREEMENT_ACCEPTED && strstr(last->details, "action=connect");
}

static bool does_first_ask(World *world) {
        return world_state(world, 0) == STATE_INSTALL_PENDING;
}

/* The session in which an install's result is told waits for no window. */
TEST(plan_promises_no_session_later_than_an_install_reports) {
        _cleanup_(world_freep) World *world = two_modules("Wed 02:00-05:00");
        Forecast forecast;
        Need need;

        for (size_t i = 0; i < 2; i++) {
                ActionPolicy *connect = &world->settings.modules[i].policy.actions[ACTION_CONNECT];

                connect->n_windows = window_parse("Mon 00:00-01:00", &connect->windows[0]) == 0;
        }
        world_start(world);
        CHECK(world_run(world, 5 * USEC_PER_MINUTE, are_idle));
        order(world, 0, ORDER_UPDATE, false);
        CHECK(world_run(world, USEC_PER_HOUR, does_first_ask));
        (void) world_run(world, USEC_PER_HOUR, NULL);
        forecast = forecast_of(world, 1, ACTION_CONNECT);
        CHECK_INT(forecast.needs, 0); /* it has nothing to install */
        CHECK(forecast.at > world->now.realtime + 6 * USEC_PER_DAY);
        CHECK_INT(forecast_of(world, 0, ACTION_CONNECT).at, world->now.realtime);
        CHECK_INT(forecast_of(world, 0, ACTION_CONNECT).needs, (RuleSet) 1 << RULE_WINDOW);
        gateway_need(world->gateway, gateway_module(world->gateway, 0), ACTION_CONNECT, RULE_WINDOW,
                     &need);
        CHECK_STR(need.event, "a window that is long enough, or an install to report");
        CHECK(world_run(world, 3 * USEC_PER_DAY, does_report));
}

/* A failure of the first one would stop the second, and its success holds it for an hour. */
TEST(plan_knows_that_one_of_a_family_waits_for_the_other) {
        _cleanup_(world_freep) World *world = two_modules("Wed 02:00-05:00");
        const PlanRow *row;

        world->settings.gateway.soak = USEC_PER_HOUR;
        world->settings.gateway.concurrent_installs = 2;
        install_of(world, 1)->windows[0].start_min += 30;
        start(world);
        CHECK_INT(forecast_of(world, 1, ACTION_INSTALL).needs, 0); /* as things stand */
        row = row_of(plan_of(world), "modem0", PLAN_GRANT);
        CHECK(row && row->sure);
        row = row_of(plan_of(world), "modem1", PLAN_GRANT);
        CHECK(row && !row->sure);
        CHECK(row && streq(row->depends, "the install of modem0 to prove itself for 1h"));
        CHECK(world_run(world, 7 * USEC_PER_DAY, is_second_granted));
        CHECK(granted(world, "modem1") > row->at + 30 * USEC_PER_MINUTE);
}

TEST(plan_knows_that_one_of_two_stays_online) {
        _cleanup_(world_freep) World *world = two_modules("Wed 02:00-05:00");
        const PlanRow *row;

        world->settings.gateway.keep_online = 1;
        world->settings.gateway.concurrent_installs = 2;
        start(world);
        row = row_of(plan_of(world), "modem0", PLAN_GRANT);
        CHECK(row && row->sure);
        row = row_of(plan_of(world), "modem1", PLAN_GRANT);
        CHECK(row && !row->sure);
        CHECK(row && streq(row->depends, "the install of modem0 to end"));
        CHECK(world_run(world, 7 * USEC_PER_DAY, is_second_granted));
        CHECK(granted(world, "modem1") > row->at + USEC_PER_MINUTE);
}

TEST(plan_tells_what_a_push_waits_for) {
        _cleanup_(world_freep) World *world = two_modules("Wed 02:00-05:00");
        const InhibitorRow inhibitor = { .actions = 1U << ACTION_DOWNLOAD,
                                         .span = 5 * USEC_PER_HOUR,
                                         .who = "rsync",
                                         .why = "a backup" };
        const Order push = { .kind = ORDER_UPDATE, .from = UPDATE_FROM_FILE, .who = "test" };
        char why[WHY_MAX];
        const PlanRow *row;

        world_start(world);
        CHECK(world_run(world, 5 * USEC_PER_MINUTE, are_idle));
        CHECK_INT(world_inhibit(world, &inhibitor, why), 0);
        CHECK(!row_of(plan_of(world), "modem0", PLAN_PUSH));
        world_give_package(world, 0, FROM, TO, 5000);
        CHECK_INT(
                gateway_order(world->gateway, gateway_module(world->gateway, 0), &push, NULL, why),
                ORDER_DONE);
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        row = row_of(plan_of(world), "modem0", PLAN_PUSH);
        CHECK(row && !row->sure);
        CHECK(row && row->at == world->now.realtime);
        CHECK(row && streq(row->text, "the package is pushed over the port"));
        CHECK(row && streq(row->depends, "rsync to let go (a backup), by Mon 2026-11-23 05:01 at "
                                         "the latest"));
        world->modules[0].unplugged = true;
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        row = row_of(plan_of(world), "modem0", PLAN_PUSH);
        CHECK(row && text_starts_with(row->depends, "its port to be there; rsync to let go"));
        world->modules[0].unplugged = false;
        (void) world_run(world, USEC_PER_MINUTE, NULL);
        CHECK(world_release(world, "rsync"));
        (void) world_run(world, 10 * USEC_PER_SEC, NULL);
        CHECK(!row_of(plan_of(world), "modem0", PLAN_PUSH)); /* it goes over */
}

TEST_MAIN()
