/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The promised moment of all rules together: never later than the first at which the verdict, asked
 * again every minute, is yes; and what no moment brings is named. */

#include <stdlib.h>

#include "policy/forecast.h"
#include "policy/policy-bench.h"
#include "test.h"

#define NEEDS(rule) ((RuleSet) 1 << (rule))

static Forecast forecast(const Question *q) {
        Forecast f;

        policy_forecast(q, 1, &f);
        return f;
}

static void check_forecast(const Question *q, usec_t moment, RuleSet needs) {
        Forecast f = forecast(q);

        CHECK_INT(f.at, moment);
        CHECK_INT(f.needs, needs);
}

TEST(forecast_of_a_yes_is_now) {
        Question q = question(ACTION_INSTALL);

        check_forecast(&q, q.now.realtime, 0);
}

TEST(forecast_of_a_window_is_its_opening) {
        Question q = question(ACTION_INSTALL);

        add_window(ACTION_INSTALL, "Sat,Sun 02:00-04:00");
        check_forecast(&q, at("2026-11-28T02:00:00Z"), 0);
}

TEST(forecast_of_a_deferral_and_a_window_is_the_first_moment_of_both) {
        Question q = question(ACTION_INSTALL);

        add_window(ACTION_INSTALL, "Sat,Sun 02:00-04:00");
        q.deferred_until = at("2026-11-28T03:00:00Z"); /* within the window */
        check_forecast(&q, at("2026-11-28T03:00:00Z"), 0);
        q.deferred_until = at("2026-11-28T03:50:00Z"); /* too late in it to fit */
        check_forecast(&q, at("2026-11-29T02:00:00Z"), 0);
        CHECK_INT(forecast(&q).consented, at("2026-11-28T02:00:00Z")); /* a yes ends the deferral */
}

TEST(forecast_names_what_only_a_person_brings) {
        Question q = question(ACTION_INSTALL);

        policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        add_window(ACTION_INSTALL, "Sat,Sun 02:00-04:00");
        check_forecast(&q, at("2026-11-28T02:00:00Z"), NEEDS(RULE_DECISION));
        CHECK_INT(forecast(&q).consented, at("2026-11-28T02:00:00Z"));
        CHECK_INT(forecast(&q).consented_needs, 0);
}

TEST(forecast_with_a_deadline_tells_both_ways) {
        Question q = question(ACTION_INSTALL);

        policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        policy.actions[ACTION_INSTALL].deadline = 14 * USEC_PER_DAY;
        add_window(ACTION_INSTALL, "Sat,Sun 02:00-04:00");
        q.asked = true;
        q.waited = USEC_PER_DAY;
        check_forecast(&q, at("2026-12-12T02:00:00Z"), 0);
        CHECK_INT(forecast(&q).consented, at("2026-11-28T02:00:00Z"));
        policy.actions[ACTION_INSTALL].on_deadline = DEADLINE_FORCE;
        check_forecast(&q, at("2026-12-10T12:00:00Z"), 0);
}

TEST(forecast_past_a_deadline_that_asks_needs_a_person) {
        Question q = question(ACTION_INSTALL);

        policy.actions[ACTION_INSTALL].deadline = USEC_PER_HOUR;
        policy.actions[ACTION_INSTALL].on_deadline = DEADLINE_ASK;
        add_window(ACTION_INSTALL, "Sat 02:00-04:00");
        q.asked = true;
        check_forecast(&q, at("2026-11-28T02:00:00Z"), NEEDS(RULE_DEADLINE));
}

/* From then on it needs one all the more: nobody is told that it passes then. */
TEST(forecast_of_a_decision_has_no_moment_at_a_deadline_that_asks) {
        Question q = question(ACTION_INSTALL);
        Verdict verdict;

        policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        policy.actions[ACTION_INSTALL].deadline = USEC_PER_HOUR;
        policy.actions[ACTION_INSTALL].on_deadline = DEADLINE_ASK;
        q.asked = true;
        check_forecast(&q, q.now.realtime, NEEDS(RULE_DECISION));
        verdict = judge(&q);
        CHECK_INT(verdict.because, RULE_DECISION);
        CHECK_INT(verdict.findings[RULE_DECISION].next_change, USEC_INFINITY);
        policy.actions[ACTION_INSTALL].on_deadline = DEADLINE_ACCEPT;
        verdict = judge(&q);
        CHECK_INT(verdict.findings[RULE_DECISION].next_change, q.now.realtime + USEC_PER_HOUR);
}

TEST(forecast_of_a_consent_that_ends_before_the_window) {
        Question q = question(ACTION_INSTALL);

        policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        add_window(ACTION_INSTALL, "Sun 02:00-04:00");
        q.consent = consent();
        check_forecast(&q, at("2026-11-29T02:00:00Z"), 0);
        q.consent.until = at("2026-11-28T12:00:00Z");
        check_forecast(&q, at("2026-11-29T02:00:00Z"), NEEDS(RULE_DECISION));
}

TEST(forecast_waits_for_events_at_their_rules) {
        Question q = question(ACTION_INSTALL);

        q.installs_running = 1;
        q.storage_ok = false;
        check_forecast(&q, q.now.realtime, NEEDS(RULE_STORAGE) | NEEDS(RULE_CONCURRENT));
        q = question(ACTION_INSTALL);
        (void) TEXT_COPY(q.missing, "missing: a SIM");
        check_forecast(&q, q.now.realtime, NEEDS(RULE_PREREQUISITE));
}

/* What may end sooner than it must: the moment is that of all the rest. */

static void check_need(const Question *q, Rule rule, const char *text) {
        char to[NEED_FORMAT_MAX];
        Need need;

        policy_need(q, 1, rule, &need);
        CHECK_STR(need_format(to, &need, q->zone), text);
}

static void inhibit(Question *q, usec_t until) {
        q->inhibited = (Inhibited) { .n = 1, .until = until, .who = "rsync", .why = "a backup" };
}

/* Only the update server can begin it: no clock brings that. */
TEST(forecast_of_a_question_of_fotads_own_needs_the_server) {
        Question q = question(ACTION_INSTALL);

        add_window(ACTION_INSTALL, "Sat 02:00-04:00");
        q.asked = true;
        q.reissued_from = q.now.realtime + USEC_PER_MINUTE;
        check_forecast(&q, at("2026-11-28T02:00:00Z"), NEEDS(RULE_MODULE));
        check_need(&q, RULE_MODULE, "the update server to ask again");
        CHECK_INT(forecast(&q).consented_needs, NEEDS(RULE_MODULE));
        q.hindrance = (Hindrance) { .text = "its port is not there",
                                    .event = "its port to be there",
                                    .until = USEC_INFINITY };
        check_need(&q, RULE_MODULE, "its port to be there, and the update server to ask again");
        q.hindrance = (Hindrance) { .text = "" };
        q.reissued_from = at("2026-11-28T02:00:00Z"); /* the module waits for so long */
        check_forecast(&q, at("2026-11-28T02:00:00Z"), 0);
}

/* The one that installs may turn out not to have taken its yes: then it never was away. */
TEST(forecast_of_enough_online_while_another_installs_has_no_moment) {
        Question q = question(ACTION_INSTALL);

        q.keep_online = 2;
        q.modules_usable = 1;
        q.usable_from = q.now.realtime + USEC_PER_MINUTE;
        q.concurrent_installs = 1;
        check_forecast(&q, q.usable_from, 0);
        q.installs_running = 1;
        check_forecast(&q, q.now.realtime, NEEDS(RULE_CONCURRENT) | NEEDS(RULE_KEEP_ONLINE));
}

TEST(forecast_of_the_barrier_is_its_end_at_the_latest) {
        Question q = question(ACTION_INSTALL);

        q.barrier_open = false;
        q.barrier_until = q.now.realtime + 15 * USEC_PER_MINUTE;
        check_forecast(&q, q.now.realtime, NEEDS(RULE_BARRIER));
        check_need(&q, RULE_BARRIER,
                   "every module to be looked at after the start, by Fri 2026-11-27 12:15 at the "
                   "latest");
        q.barrier_until = q.now.realtime;
        check_forecast(&q, q.now.realtime, NEEDS(RULE_BARRIER));
        check_need(&q, RULE_BARRIER, "every module to be looked at after the start");
}

TEST(forecast_of_an_inhibitor_that_may_be_let_go) {
        Question q = question(ACTION_INSTALL);

        inhibit(&q, q.now.realtime + 2 * USEC_PER_HOUR);
        check_forecast(&q, q.now.realtime, NEEDS(RULE_INHIBITOR));
        CHECK_INT(forecast(&q).consented, q.now.realtime);
        CHECK_INT(forecast(&q).consented_needs, NEEDS(RULE_INHIBITOR));
        check_need(&q, RULE_INHIBITOR,
                   "rsync to let go (a backup), by Fri 2026-11-27 14:00 at the latest");
        add_window(ACTION_INSTALL, "13:00-13:30");
        add_window(ACTION_INSTALL, "16:00-17:00");
        check_forecast(&q, at("2026-11-27T13:00:00Z"), NEEDS(RULE_INHIBITOR));
        q.now.realtime = at("2026-11-27T13:31:00Z");
        inhibit(&q, at("2026-11-27T14:00:00Z"));
        check_forecast(&q, at("2026-11-27T16:00:00Z"), 0); /* it is gone by then */
        inhibit(&q, USEC_INFINITY);
        q.inhibited.n = 3;
        check_forecast(&q, at("2026-11-27T16:00:00Z"), NEEDS(RULE_INHIBITOR));
        check_need(&q, RULE_INHIBITOR, "rsync and 2 more to let go (a backup)");
}

TEST(forecast_of_an_inhibitor_and_a_deadline_that_forces) {
        Question q = question(ACTION_INSTALL);

        inhibit(&q, USEC_INFINITY);
        policy.actions[ACTION_INSTALL].deadline = USEC_PER_DAY;
        policy.actions[ACTION_INSTALL].on_deadline = DEADLINE_FORCE;
        q.asked = true;
        q.waited = 22 * USEC_PER_HOUR;
        check_forecast(&q, q.now.realtime, NEEDS(RULE_INHIBITOR));
        check_need(&q, RULE_INHIBITOR,
                   "rsync to let go (a backup), by Fri 2026-11-27 14:00 at the latest");
}

TEST(forecast_of_a_module_that_asks_again) {
        Question q = question(ACTION_DOWNLOAD);

        q.hindrance = (Hindrance) { "it takes no answer until it asks again",
                                    "the module to ask again", at("2026-11-27T12:31:00Z") };
        check_forecast(&q, q.now.realtime, NEEDS(RULE_MODULE));
        check_need(&q, RULE_MODULE,
                   "the module to ask again, by Fri 2026-11-27 12:31 at the latest");
        CHECK_STR(judge(&q).findings[RULE_MODULE].text, "it takes no answer until it asks again, "
                                                        "Fri 2026-11-27 12:31 at the latest");
        add_window(ACTION_DOWNLOAD, "13:00-14:00");
        check_forecast(&q, at("2026-11-27T13:00:00Z"), 0);
        q.hindrance.until = USEC_INFINITY;
        check_forecast(&q, at("2026-11-27T13:00:00Z"), NEEDS(RULE_MODULE));
        check_need(&q, RULE_MODULE, "the module to ask again");
        check_verdict(&q, VERDICT_HOLD, RULE_MODULE, 0);
}

/* Its result is told in a session that waits for no window and no person. */
TEST(forecast_of_a_session_that_may_report_an_install) {
        Question q = question(ACTION_CONNECT);

        add_window(ACTION_CONNECT, "Sat 02:00-04:00");
        check_forecast(&q, at("2026-11-28T02:00:00Z"), 0);
        q.may_report = true;
        check_forecast(&q, q.now.realtime, NEEDS(RULE_WINDOW));
        check_need(&q, RULE_WINDOW, "a window that is long enough, or an install to report");
        policy.actions[ACTION_CONNECT].decision = DECISION_ASK;
        check_forecast(&q, q.now.realtime, NEEDS(RULE_WINDOW) | NEEDS(RULE_DECISION));
        check_need(&q, RULE_DECISION, "a person's yes, or an install to report");
        q.deferred_until = q.now.realtime + USEC_PER_HOUR; /* it waits for that */
        check_forecast(&q, q.deferred_until, NEEDS(RULE_WINDOW) | NEEDS(RULE_DECISION));
        q.reports_result = true;
        check_forecast(&q, q.deferred_until, 0);
}

TEST(forecast_of_who_goes_last_has_no_moment) {
        Question q = question(ACTION_INSTALL);

        q.uplink = (UplinkPath) { .mine = true,
                                  .first = "modem0",
                                  .first_until = q.now.realtime + USEC_PER_HOUR,
                                  .interface = "eth0" };
        check_forecast(&q, q.now.realtime, NEEDS(RULE_UPLINK_PATH));
        check_need(&q, RULE_UPLINK_PATH, "the other modules first, and a report through eth0");
        q.uplink.first[0] = '\0';
        check_need(&q, RULE_UPLINK_PATH, "a report through eth0");
        q.uplink.interface[0] = '\0';
        check_need(&q, RULE_UPLINK_PATH, "a person's yes");
        (void) TEXT_COPY(q.uplink.first, "modem0");
        check_need(&q, RULE_UPLINK_PATH, "the other modules first, and a person's yes");
        q.consent = consent();
        check_need(&q, RULE_UPLINK_PATH, "the other modules first");
}

TEST(forecast_after_a_failure_of_the_family_needs_a_person) {
        Question q = question(ACTION_INSTALL);

        q.soak = (Soak) { .span = USEC_PER_HOUR, .failed = "modem1", .failed_row = 7 };
        check_forecast(&q, q.now.realtime, NEEDS(RULE_SOAK));
        check_need(&q, RULE_SOAK, "a person's yes");
        CHECK_INT(forecast(&q).consented_needs, 0);
        q.consent = consent();
        q.consent.row = 7;
        (void) TEXT_COPY(q.soak.installs, "modem2"); /* that yes is for the failure alone */
        check_need(&q, RULE_SOAK, "another module's install to prove itself");
}

TEST(forecast_of_a_size_that_may_be_told_at_once) {
        Question q = question(ACTION_DOWNLOAD);

        policy.actions[ACTION_DOWNLOAD].max_size_bytes = 1 << 20;
        q.size_known = false;
        q.size_wait_until = q.now.realtime + 5 * USEC_PER_SEC;
        check_forecast(&q, q.now.realtime, NEEDS(RULE_SIZE));
        check_need(&q, RULE_SIZE, "the package's size, within max_size, 1.0 MiB");
        q.size_known = true;
        q.package_bytes = 2 << 20;
        check_need(&q, RULE_SIZE, "a package within max_size, 1.0 MiB");
}

TEST(forecast_of_a_soak_by_a_clock_that_is_not_trusted) {
        Question q = question(ACTION_INSTALL);

        q.soak = (Soak) { .span = USEC_PER_HOUR,
                          .succeeded = "modem1",
                          .until = q.now.realtime + USEC_PER_HOUR };
        check_forecast(&q, q.soak.until, 0);
        q.clock_trusted = false;
        check_forecast(&q, q.now.realtime, NEEDS(RULE_SOAK));
}

/* Not asked for yet: it could be at once, and then its deadline counts. */
TEST(forecast_of_a_deadline_that_forces_what_nobody_asks_for) {
        Question q = question(ACTION_INSTALL);

        add_window(ACTION_INSTALL, "Sat 02:00-05:00");
        policy.actions[ACTION_INSTALL].deadline = USEC_PER_HOUR;
        check_forecast(&q, at("2026-11-28T02:00:00Z"), 0);
        policy.actions[ACTION_INSTALL].on_deadline = DEADLINE_FORCE;
        check_forecast(&q, q.now.realtime + USEC_PER_HOUR, 0);
}

TEST(forecast_knows_nothing_of_the_radio_of_later) {
        Question q = question(ACTION_INSTALL);

        policy.actions[ACTION_INSTALL].min_rssi_dbm = -105;
        q.n_readings = 2;
        q.readings[0] =
                (RadioReading) { q.now.boottime - 10 * USEC_PER_SEC, true, -90, true, false };
        q.readings[1] = (RadioReading) { q.now.boottime, true, -90, true, false };
        check_forecast(&q, q.now.realtime, NEEDS(RULE_REQUIRE));
        q.readings[0].boottime = q.now.boottime - 24 * USEC_PER_SEC;
        q.n_readings = 3;
        q.readings[2] = q.readings[1];
        q.readings[1].boottime = q.now.boottime - 10 * USEC_PER_SEC;
        q.readings[0].boottime = q.now.boottime - 30 * USEC_PER_SEC;
        check_forecast(&q, q.now.realtime, 0);
}

TEST(forecast_of_a_clock_that_is_behind) {
        Question q = question(ACTION_INSTALL);

        add_window(ACTION_INSTALL, "12:00-18:00");
        q.clock_trusted = false;
        check_forecast(&q, q.now.realtime, NEEDS(RULE_CLOCK) | NEEDS(RULE_WINDOW));
        q.clock_trusted_from = q.now.realtime + USEC_PER_HOUR;
        check_forecast(&q, q.clock_trusted_from, 0);
}

/* A yes that was given while nobody knew the time ends with a window of then. */
TEST(forecast_of_a_yes_that_is_dated_when_the_clock_is_right) {
        Question q = question(ACTION_INSTALL);

        policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        add_window(ACTION_INSTALL, "12:00-18:00");
        q.clock_trusted = false;
        q.clock_trusted_from = q.now.realtime + USEC_PER_HOUR;
        q.consent = (Consent) { .given = true, .until = q.now.realtime - USEC_PER_HOUR };
        check_forecast(&q, q.clock_trusted_from, NEEDS(RULE_DECISION));
        q.consent_undated = q.clock_trusted_from;
        check_forecast(&q, q.clock_trusted_from, NEEDS(RULE_DECISION));
        q.consent_undated++;
        check_forecast(&q, q.clock_trusted_from, 0);
        policy.actions[ACTION_INSTALL].deadline = USEC_PER_DAY;
        policy.actions[ACTION_INSTALL].on_deadline = DEADLINE_ACCEPT;
        q.asked = true;
        check_forecast(&q, q.clock_trusted_from, 0);
        q.clock_trusted_from = USEC_INFINITY;
        check_forecast(&q, q.now.realtime,
                       NEEDS(RULE_CLOCK) | NEEDS(RULE_WINDOW) | NEEDS(RULE_DECISION));
}

TEST(forecast_of_two_questions_needs_both) {
        Question q[2] = { question(ACTION_INSTALL) };
        Forecast f;

        policy.actions[ACTION_DOWNLOAD].decision = DECISION_ACCEPT;
        add_window(ACTION_INSTALL, "Sat 02:00-05:00");
        add_window(ACTION_DOWNLOAD, "04:00-06:00");
        q[1] = q[0];
        q[1].action = ACTION_DOWNLOAD;
        policy_forecast(q, 2, &f);
        CHECK_INT(f.at, at("2026-11-28T04:00:00Z"));
}

/* One yes for both lasts until it can be used. */
TEST(forecast_of_a_yes_to_two_questions_is_the_first_window_of_both) {
        Question q[2] = { question(ACTION_INSTALL) };
        Forecast f;

        policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        policy.actions[ACTION_DOWNLOAD].decision = DECISION_ASK;
        add_window(ACTION_DOWNLOAD, "Thu 02:00-04:00");
        q[1] = q[0];
        q[1].action = ACTION_DOWNLOAD;
        policy_forecast(q, 2, &f);
        CHECK_INT(f.consented, at("2026-12-03T02:00:00Z"));
        CHECK_INT(f.consented_needs, 0);
}

TEST(forecast_of_what_never_comes_says_so) {
        Question q = question(ACTION_INSTALL);

        q.deferred_until = q.now.realtime + 500 * USEC_PER_DAY;
        check_forecast(&q, USEC_INFINITY, 0);
        q.deferred_until = USEC_INFINITY;
        check_forecast(&q, q.now.realtime, NEEDS(RULE_DEFERRAL));
}

/* Over a boot of the gateway the wall clock has to tell for how long it was asked. */
TEST(forecast_of_a_deadline_while_nobody_knows_the_time) {
        Question q = question(ACTION_INSTALL);

        policy.actions[ACTION_INSTALL].decision = DECISION_ASK;
        policy.actions[ACTION_INSTALL].deadline = USEC_PER_DAY;
        policy.actions[ACTION_INSTALL].on_deadline = DEADLINE_ACCEPT;
        q.asked = true;
        q.clock_trusted = false;
        q.clock_trusted_from = q.now.realtime + USEC_PER_HOUR;
        q.waited = USEC_PER_MINUTE;
        check_forecast(&q, q.now.realtime + USEC_PER_DAY - USEC_PER_MINUTE, 0);
        q.waited_since = q.now.realtime - 2 * USEC_PER_DAY;
        check_forecast(&q, q.now.realtime + USEC_PER_HOUR, 0);
        q.waited_since = q.now.realtime - 20 * USEC_PER_HOUR;
        check_forecast(&q, q.now.realtime + 4 * USEC_PER_HOUR, 0);
        q.clock_trusted_from = USEC_INFINITY;
        check_forecast(&q, q.now.realtime, NEEDS(RULE_DECISION)); /* over as soon as it is set */
}

/* Nobody knows when somebody sets the clock; that a deadline forces later is no promise. */
TEST(forecast_while_the_clock_is_to_be_set) {
        Question q = question(ACTION_INSTALL);

        add_window(ACTION_INSTALL, "00:00-24:00");
        policy.actions[ACTION_INSTALL].deadline = USEC_PER_DAY;
        policy.actions[ACTION_INSTALL].on_deadline = DEADLINE_FORCE;
        q.asked = true;
        q.clock_trusted = false;
        q.clock_trusted_from = USEC_INFINITY;
        check_forecast(&q, q.now.realtime, NEEDS(RULE_CLOCK) | NEEDS(RULE_WINDOW));
}

TEST(forecast_over_a_change_of_the_clocks) {
        Question q = question(ACTION_INSTALL);

        add_window(ACTION_INSTALL, "Sun 02:30-05:00");
        zone = (ZoneOffsets) { .n = 2,
                               .entries = { { 0, 3600 }, { at("2027-03-28T01:00:00Z"), 7200 } } };
        q.deferred_until = at("2027-03-27T12:00:00Z");
        check_forecast(&q, at("2027-03-28T01:00:00Z"), 0); /* 02:00 is 03:00 that night */
}

/* random policies: what is promised, against what is seen by asking every minute */

static unsigned seed = 20261127;

static unsigned pick(unsigned n) {
        seed = seed * 1103515245u + 12345u;
        return (seed >> 16) % n;
}

static Question any_question(void) {
        static const char *const windows[] = { "02:00-04:00", "Sat,Sun 23:30-00:30",
                                               "Mon..Fri 12:00-12:20", "Wed 00:00-24:00" };
        Question q = question(pick(2) ? ACTION_INSTALL : ACTION_DOWNLOAD);
        ActionPolicy *p = &policy.actions[q.action];

        p->decision = (Decision) pick(_DECISION_MAX);
        for (unsigned n = pick(3); n > 0; n--)
                add_window(q.action, windows[pick(ELEMENTSOF(windows))]);
        if (pick(2)) {
                p->deadline = (1 + pick(5 * 24)) * USEC_PER_HOUR;
                p->on_deadline = (OnDeadline) pick(_ON_DEADLINE_MAX);
        }
        q.asked = pick(4) > 0;
        q.waited = pick(72) * USEC_PER_HOUR;
        if (pick(3) == 0)
                q.deferred_until = q.now.realtime + pick(96) * USEC_PER_HOUR;
        if (pick(2)) {
                q.consent = consent();
                q.consent.now = pick(2);
                q.consent.until = q.now.realtime + pick(120) * USEC_PER_HOUR;
        }
        if (pick(4) == 0) {
                q.barrier_open = false;
                q.barrier_until = q.now.realtime + (1 + pick(15)) * USEC_PER_MINUTE;
        }
        if (pick(4) == 0)
                inhibit(&q, q.now.realtime + (1 + pick(48)) * USEC_PER_HOUR);
        return q;
}

/* The first minute of the coming nine days at which nothing but `needs` is in the way. */
static usec_t seen(const Question *q, RuleSet needs) {
        Question later;
        Verdict v;

        for (usec_t t = q->now.realtime; t < q->now.realtime + 9 * USEC_PER_DAY;
             t += USEC_PER_MINUTE) {
                bool passes = true;

                question_at(q, t, &later);
                policy_judge(&later, &v);
                for (size_t i = 0; i < _RULE_MAX; i++)
                        passes &= v.findings[i].passes || rule_set_has(needs, (Rule) i);
                if (passes)
                        return t;
        }
        return USEC_INFINITY;
}

TEST(forecast_is_never_later_than_what_is_seen) {
        unsigned n_sure = 0;

        for (unsigned i = 0; i < 200; i++) {
                Question q = any_question(), free;
                Forecast f = forecast(&q);
                usec_t first = seen(&q, f.needs);
                const bool forced =
                        !q.asked && policy.actions[q.action].on_deadline == DEADLINE_FORCE;

                CHECK(f.at <= first);
                /* and no earlier than it is: by less than the minute between two looks */
                CHECK(forced || first == USEC_INFINITY || first < f.at + USEC_PER_MINUTE);
                CHECK(f.needs != 0 || forced || first == USEC_INFINITY || seen(&q, 0) == first);
                free = q; /* whoever may let go does it now */
                free.barrier_open = true;
                free.inhibited.n = 0;
                CHECK(f.at <= seen(&free, f.needs & ~NEEDS(RULE_INHIBITOR)));
                n_sure += f.needs == 0;
        }
        CHECK(n_sure > 30);
}

TEST(forecast_has_words_for_every_rule) {
        for (int i = 0; i < _RULE_MAX; i++)
                CHECK(!streq(rule_event((Rule) i), "something to happen"));
        CHECK_STR(rule_event(_RULE_MAX), "something to happen");
}

TEST(policy_version_changes_with_every_rule) {
        char before[POLICY_VERSION_MAX], after[POLICY_VERSION_MAX];
        Policy p;

        policy_init_default(&p);
        policy_version(&p, before);
        CHECK_INT(strlen(before), 12);
        (void) TEXT_COPY(p.name, "nightly"); /* a name is no rule */
        CHECK_STR(policy_version(&p, after), before);
        p.actions[ACTION_REBOOT].no_roaming = true;
        CHECK(!streq(policy_version(&p, after), before));
}

TEST_MAIN()
